import { $t as ruleFor, Y as parseBackupId, Zt as field, h as label, o as backupChoice } from "./proxy.js";

// src/inputs/groups/choice.ts
function choiceInputs(description) {
	return {
		backup: field(backupChoice, {
			description,
			default: "latest"
		}),
		label: field(label, { description: "Takes the newest backup with this label. Default: the newest without one, or of all, where each has a label." })
	};
}
const choiceRules = [ruleFor(choiceInputs("Which backup to read."), ["backup", "label"], ({ backup, label: wanted }) => wanted !== void 0 && backup.kind === "id" && parseBackupId(backup.id)?.label !== wanted ? [{
	input: "label",
	what: "is not that of `backup`",
	fix: "Leave it out: an id says it all."
}] : [])];

export { choiceRules as n, choiceInputs as t };