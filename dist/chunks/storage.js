import { H as isPackId, Kt as Refusal, Nt as lines, Q as parseSnapshotIndexKey, W as isStorageName, X as parsePackKey, Y as parseBackupId, at as parseRunId, qt as lineKind } from "./proxy.js";

// src/domain/snapshots/exclude-presets.ts
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

// src/domain/snapshots/path-pattern.ts
const TOKEN = /\*\*\/|\*\*|\*|\?|\[!?\]?[^\]]*\]|\\?[\s\S]/g;
/** A regular expression, as POSIX and JavaScript read it alike but for what `bracket` makes of a set such as `[!a-z]`. */
function globExpression(glob, bracket) {
	return glob.replaceAll(TOKEN, (token) => {
		if (token === "**/") return "(.*/)?";
		if (token === "**") return ".*";
		if (token === "*") return "[^/]*";
		if (token === "?") return "[^/]";
		if (token.length > 2 && token.startsWith("[")) return bracket(token);
		return token.replace(/^\\(?=.)/, "").replaceAll(/[.[\]{}()*+?^$|\\]/g, String.raw`\$&`);
	});
}
var PathPattern = class {
	text;
	#itself;
	#below;
	/** Throws `SyntaxError` for a set that is none, such as `[z-a]`. */
	constructor(text) {
		this.text = text;
		const body = text.replace(/\/$/, "");
		const expression = `^${text.startsWith("/") ? "" : ".*/"}${globExpression(body, bracketOf)}`;
		this.#itself = new RegExp(`${expression}$`, "su");
		this.#below = new RegExp(`${expression}/`, "su");
	}
	/** Also of all that is below a directory that fits. `path` is text. */
	fits(path, isDirectory) {
		if (this.#below.test(path)) return true;
		return (isDirectory || !this.text.endsWith("/")) && this.#itself.test(path);
	}
};
/** In JavaScript a set may hold the slash, and has other characters that mean something. */
function bracketOf(set) {
	const isNot = set.startsWith("[!");
	const members = set.slice(isNot ? 2 : 1, -1).replaceAll(/[\\[\]^]/g, String.raw`\$&`);
	return `(?!/)[${isNot ? "^" : ""}${members}]`;
}

// src/inputs/storage.ts
const storageName = lineKind("name", "lower-case letters, digits and dashes, at most 32, no dash at either end", (value) => {
	if (!isStorageName(value)) throw new Refusal("is not a name for storage");
	return value;
});
/** Directories and files on the target, without slashes at their ends. */
const storagePaths = (() => {
	const paths = lines({
		accepts: "paths of directories or files on the target that begin with `/`",
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
/** Ids of packs, and keys of packs and of index objects. */
const packNames = lines({
	accepts: "packs, as `missing-packs` of verify lists them",
	parse: (name) => {
		if (!isPackId(name) && parsePackKey(name) === void 0 && parseSnapshotIndexKey(name) === void 0) throw new Refusal("names something that is neither a pack nor an index");
		return name;
	}
});
const OF_BACKUP = "of:";
/** Which snapshot to read. */
const snapshotChoice = lineKind("snapshot", "`latest`, the id of a snapshot such as `20261120T030512Z-7f3a9c1e`, or `of:` and the id of a backup such as `of:20261120T030512Z-7f3a9c1e-mariadb`", (value) => {
	if (value === "latest") return value;
	if (value.startsWith(OF_BACKUP)) {
		const backup = value.slice(3);
		if (parseBackupId(backup) === void 0) throw new Refusal("does not name a backup by its id");
		return { backup };
	}
	if (parseRunId(value) === void 0) throw new Refusal("is not the id of a snapshot");
	return { id: value };
});
/** Which entries of a snapshot are meant. */
const pathPattern = lineKind("glob", "a path of the server such as `/srv/app/uploads`, or a glob such as `*.pdf`, `uploads/**/2026-*` or `cache/`", (value) => {
	try {
		return new PathPattern(value);
	} catch (error) {
		if (error instanceof SyntaxError) throw new Refusal("holds a set in brackets that is none");
		throw error;
	}
});

export { storageName as a, EXCLUDE_PRESETS as c, snapshotChoice as i, patternsOf as l, packNames as n, storagePaths as o, pathPattern as r, globExpression as s, excludePatterns as t };