import { Ht as lineKind, U as isStorageName, Vt as Refusal, kt as lines, nt as parseRunId } from "./proxy.js";

// src/domain/exclude-presets.ts
const EXCLUDE_PRESETS = {
	/** With `/` among the paths: what the kernel, the boot and the distribution make anew. */
	"linux-root": [
		"/dev/",
		"/proc/",
		"/sys/",
		"/run/",
		"/tmp/",
		"/mnt/",
		"/media/",
		"/lost+found/",
		"/swapfile",
		"/swap.img",
		"/var/tmp/",
		"/var/run/",
		"/var/lock/",
		"/var/cache/apt/archives/",
		"/var/cache/dnf/",
		"/var/lib/docker/overlay2/",
		"/var/lib/containers/storage/overlay/",
		"/var/lib/lxcfs/"
	],
	/** What programs make anew when it is missing. */
	caches: [
		".cache/",
		"__pycache__/",
		".npm/_cacache/",
		"node_modules/.cache/",
		".sass-cache/",
		"var/cache/"
	],
	/** Web panels: sessions, caches and statistics below the homes of accounts. */
	cpanel: [
		"/home/*/tmp/",
		"/home/*/.cpanel/caches/",
		"/home/*/.trash/",
		"/home/virtfs/"
	],
	plesk: [
		"/var/www/vhosts/*/tmp/",
		"/var/www/vhosts/system/*/statistics/",
		"/var/www/vhosts/system/*/logs/"
	],
	apiscp: [
		"/home/virtual/*/fst/",
		"/home/virtual/*/shadow/tmp/",
		"/home/virtual/*/shadow/var/tmp/"
	]
};
const PRESET_MARK = "preset:";
/** The patterns of a line of `exclude`; undefined for a preset that there is not. */
function patternsOf(text) {
	if (!text.startsWith("preset:")) return [text];
	const name = text.slice(7);
	return Object.hasOwn(EXCLUDE_PRESETS, name) ? EXCLUDE_PRESETS[name] : void 0;
}

// src/inputs/storage.ts
const storageName = lineKind("name", "lower-case letters, digits and dashes, at most 32, no dash at either end", (value) => {
	if (!isStorageName(value)) throw new Refusal("is not a name for storage");
	return value;
});
/** Directories on the target, without slashes at their ends. */
const storagePaths = (() => {
	const paths = lines({
		accepts: "paths of directories on the target that begin with `/`",
		parse: (path) => {
			if (!path.startsWith("/")) throw new Refusal("holds a path that does not begin with `/`");
			if (path.split("/").includes("..")) throw new Refusal("holds a path with `..` in it");
			return path.replaceAll(/\/+/g, "/").replace(/(?<=.)\/$/, "");
		}
	});
	return {
		...paths,
		parse: (text) => {
			const given = paths.parse(text);
			if (given.length === 0) throw new Refusal("lists nothing");
			return given;
		}
	};
})();
const excludePatterns = lines({
	accepts: `globs such as \`*.tmp\`, \`cache/\` or \`/srv/app/uploads/**/thumbs\`, or ${Object.keys(EXCLUDE_PRESETS).map((name) => `\`${PRESET_MARK}${name}\``).join(", ")}`,
	parse: (pattern) => {
		if (patternsOf(pattern) === void 0) throw new Refusal("names a preset that there is not");
		if (/^\/*$/.test(pattern)) throw new Refusal("leaves out everything");
		if (/\[[^\]]*\/|\[[^\]]*$/.test(pattern)) throw new Refusal("holds a bracket that is not closed");
		return pattern;
	}
});
/** Which snapshot to read. */
const snapshotChoice = lineKind("snapshot", "`latest`, or the id of a snapshot such as `20261120T030512Z-7f3a9c1e`", (value) => {
	if (value === "latest") return value;
	if (parseRunId(value) === void 0) throw new Refusal("is not the id of a snapshot");
	return { id: value };
});

export { patternsOf as a, storagePaths as i, snapshotChoice as n, storageName as r, excludePatterns as t };