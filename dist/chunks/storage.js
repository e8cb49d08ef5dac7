import { At as lines, J as parsePackKey, U as isStorageName, Ut as Refusal, V as isPackId, Wt as lineKind, rt as parseRunId } from "./proxy.js";

// src/domain/exclude-presets.ts
const EXCLUDE_PRESETS = {
	/**
	* With `/` among the paths: what the kernel, the boot and the distribution make anew (Filesystem Hierarchy Standard 3.0: 3.15, 3.18, 5.5, 5.13,
	* 5.15, 6.1), and the layers of images; volumes of containers stay in. What is mounted is left out by `one-file-system`.
	*/
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
		"/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/",
		"/var/lib/containers/storage/overlay/",
		"/var/lib/lxcfs/"
	],
	/** What programs make anew when it is missing; `.cache` by the XDG Base Directory Specification, `var/cache` by the FHS (5.5). */
	caches: [
		".cache/",
		"__pycache__/",
		".npm/_cacache/",
		"node_modules/.cache/",
		".sass-cache/",
		"var/cache/"
	],
	/**
	* What the panel's own backups leave out of a home (docs.cpanel.net, "How to Exclude Files from Backups": the default of
	* /etc/cpbackup-exclude.conf), and the homes once more, as jailed shells see them ("VirtFS - Jailed Shell").
	*/
	cpanel: [
		"/home/virtfs/",
		"/home*/*/.cpanel/caches/",
		"/home*/*/.cpanel/datastore/",
		"/home*/*/.cpan/",
		"/home*/*/.cpcpan/",
		"/home*/*/.sqmailattach/",
		"/home*/*/.MirrorSearch"
	],
	/** docs.plesk.com, "Virtual Host Structure (Linux)": temporary files, logs and their statistics; the content is in the other directories. */
	plesk: [
		"/var/www/vhosts/*/tmp/",
		"/var/www/vhosts/system/*/statistics/",
		"/var/www/vhosts/system/*/logs/"
	],
	/** docs.apiscp.com, "Backups": all that accounts need is in `shadow` and `info`; `fst` shows `shadow` laid over what is shared. */
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
/** Ids or keys. */
const packNames = lines({
	accepts: "packs, as `missing-packs` of verify lists them",
	parse: (pack) => {
		if (!isPackId(pack) && parsePackKey(pack) === void 0) throw new Refusal("names something that is no pack");
		return pack;
	}
});
/** Which snapshot to read. */
const snapshotChoice = lineKind("snapshot", "`latest`, or the id of a snapshot such as `20261120T030512Z-7f3a9c1e`", (value) => {
	if (value === "latest") return value;
	if (parseRunId(value) === void 0) throw new Refusal("is not the id of a snapshot");
	return { id: value };
});

export { storagePaths as a, storageName as i, packNames as n, EXCLUDE_PRESETS as o, snapshotChoice as r, patternsOf as s, excludePatterns as t };