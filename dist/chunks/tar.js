import { X as parsePackKey, in as LifeboatError } from "./proxy.js";
import { t as fetchObject } from "./fetch-object.js";
import { r as openObject } from "./local-machine.js";
import { createHash } from "node:crypto";

// src/domain/snapshots/snapshot-index.ts
var IndexError = class extends Error {
	name = "IndexError";
};
/** Records that are handed on together: a turn of the event loop for each would cost more than all the rest. */
const BATCH = 4096;
const ATTRIBUTES = /^([fdl]) (\d+) (-?\d+)\.(\d{9})\d -?\d+\.\d+ (\d+) (\d+) ([0-7]+) (\d+) (\d+) (-|[0-9a-f]{64}) (\d{8}T\d{6}Z-[0-9a-f]{8}-\d+)$/;
/** From the root, no empty component and none that goes anywhere else. */
const PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[^/\0]+)+$/;
const GONE = "-";
/**
* What the objects of a chain say together, the later ones over the earlier ones, in the order of `<path>//`. Every object is sorted, so
* that they are merged as they are read, and no more than a piece of each is in memory. Throws `IndexError`, also for an entry that is
* not below directories alone: through a link it would leave the tree.
*/
async function* mergeIndex(chain) {
	const objects = chain.map((text) => new RecordReader(text));
	const parents = new ParentCheck();
	let batch = [];
	try {
		for (const object of objects) await object.next();
		for (;;) {
			const newest = newestOfLeast(objects);
			if (newest?.key === void 0) break;
			const { key, attributes } = newest;
			for (const object of objects) if (object.key === key) await object.next();
			if (attributes === GONE) continue;
			const record = {
				path: key.slice(0, -2),
				attributes
			};
			if (!PATH.test(record.path)) throw new IndexError("a record without a path");
			if (!ATTRIBUTES.test(attributes)) throw new IndexError("a record with other attributes than an index has");
			parents.add(record.path, typeOfRecord(record));
			batch.push(record);
			if (batch.length < BATCH) continue;
			yield batch;
			batch = [];
		}
		parents.end();
		yield batch;
	} finally {
		for (const object of objects) await object.close();
	}
}
/** Of the objects whose next key is the least, the last in the chain. */
function newestOfLeast(objects) {
	let least;
	for (const object of objects) if (object.key !== void 0 && (least?.key === void 0 || object.key <= least.key)) least = object;
	return least;
}
/** What it says. */
function readRecord({ path, attributes }) {
	const [, type, size, seconds = "", nanoseconds = "", inode = "", links, mode = "", ...rest] = ATTRIBUTES.exec(attributes) ?? [];
	const [uid, gid, sha256, packId = ""] = rest;
	return {
		path,
		type,
		size: Number(size),
		mtimeNs: BigInt(seconds) * 1000000000n + BigInt(nanoseconds),
		inode,
		links: Number(links),
		mode: Number.parseInt(mode, 8),
		uid: Number(uid),
		gid: Number(gid),
		sha256: sha256 === "-" ? void 0 : sha256,
		packId
	};
}
/** The same as in what it says, for a tenth of the time. */
function packIdOf({ attributes }) {
	return attributes.slice(attributes.lastIndexOf(" ") + 1);
}
function typeOfRecord({ attributes }) {
	return attributes.charAt(0);
}
/** As text. */
function bytesOf({ path, attributes }) {
	return path.length + attributes.length + 3;
}
/** Adds the size of the record, as text, to that of its pack. */
function addSize(sizes, record) {
	const packId = packIdOf(record);
	const size = sizes.get(packId);
	sizes.set(size === void 0 ? copyText(packId) : packId, (size ?? 0) + bytesOf(record));
}
/** For what is kept: a string that was cut out of a longer one keeps all of that in memory. */
function copyText(text) {
	return Buffer.from(text, "latin1").toString("latin1");
}
/** Records one behind the other, as in an index object: they take a third of what entries would. */
var RecordText = class {
	#bytes = Buffer.allocUnsafe(1024);
	#size = 0;
	add(record) {
		const size = this.#size + bytesOf(record);
		if (size > this.#bytes.length) {
			const larger = Buffer.allocUnsafe(Math.max(size, 2 * this.#bytes.length));
			this.#bytes.copy(larger, 0, 0, this.#size);
			this.#bytes = larger;
		}
		this.#bytes.write(`${record.path}//${record.attributes}\0`, this.#size, "latin1");
		this.#size = size;
	}
	read() {
		return this.#bytes.toString("latin1", 0, this.#size).split("\0").slice(0, -1).map((record) => {
			const end = record.indexOf("//");
			return readRecord({
				path: record.slice(0, end),
				attributes: record.slice(end + 2)
			});
		});
	}
};
/** Names of the same file within the same pack; the first of them in the pack has its content. */
function linkKey({ type, links, packId, inode }) {
	return type === "f" && links > 1 ? `${packId}:${inode}` : void 0;
}
/** The records of one object, one at a time; of several in a row with one path the last. */
var RecordReader = class {
	/** `<path>//` of the record at hand; undefined behind the last one. */
	key;
	attributes = "";
	#chunks;
	#records = [];
	#at = 0;
	#rest = "";
	#hasEnded = false;
	constructor(text) {
		this.#chunks = text[Symbol.asyncIterator]();
	}
	async next() {
		const before = this.key;
		this.key = void 0;
		for (;;) {
			if (this.#at === this.#records.length && !this.#hasEnded) await this.#fill();
			const record = this.#records[this.#at];
			if (record === void 0) return;
			const end = record.indexOf("//") + 2;
			const key = record.slice(0, end);
			if (end < 3) throw new IndexError("a record without a path");
			if (this.key !== void 0 && key !== this.key) return;
			if (before !== void 0 && key <= before) throw new IndexError("records that are not sorted");
			this.key = key;
			this.attributes = record.slice(end);
			this.#at += 1;
		}
	}
	async #fill() {
		while (this.#at === this.#records.length) {
			const next = await this.#chunks.next();
			if (next.done === true) {
				this.#hasEnded = true;
				if (this.#rest !== "") throw new IndexError("its last record breaks off");
				return;
			}
			this.#records = (this.#rest + Buffer.from(next.value).toString("latin1")).split("\0");
			this.#rest = this.#records.pop() ?? "";
			this.#at = 0;
		}
	}
	async close() {
		await this.#chunks.return?.();
	}
};
/**
* Whether everything is below directories alone. Whatever begins with `<path>/` stands together in the order of an index, the record of the
* path itself among it: only the entries above the last one are kept.
*/
var ParentCheck = class {
	#open = [];
	add(path, type) {
		for (;;) {
			const last = this.#open.at(-1);
			if (last === void 0 || last.path === path || path.startsWith(`${last.path}/`)) break;
			this.#close();
		}
		const last = this.#open.at(-1);
		if (last?.path === path) {
			last.type = type;
			return;
		}
		if (last !== void 0) last.hasChildren = true;
		for (let at = path.indexOf("/", (last?.path.length ?? 0) + 1); at > 0; at = path.indexOf("/", at + 1)) this.#open.push({
			path: path.slice(0, at),
			type: void 0,
			hasChildren: true
		});
		this.#open.push({
			path,
			type,
			hasChildren: false
		});
	}
	end() {
		while (this.#open.length > 0) this.#close();
	}
	#close() {
		const entry = this.#open.pop();
		if (entry?.hasChildren === true && entry.type !== void 0 && entry.type !== "d") throw new IndexError("an entry below something that is no directory");
	}
};

// src/domain/snapshots/packs.ts
/** Of records, that are in memory at a time: of 350,000 entries or so. A pack has 20,000, and more only when these are names of one file. */
const MAX_RECORD_BYTES = 64 * 2 ** 20;
/** In the order of the manifest. */
function packsOf({ packs }) {
	return packs.map((stored) => ({
		packId: parsePackKey(stored.parts[0]?.key ?? "")?.packId ?? "",
		stored
	}));
}
/**
* Packs in the order of the SHA-256 of `<id of the test>/<id of the pack>`, until they hold at least `percent` of the stored bytes: one at
* least, unless `percent` is 0. Nobody could foresee the draw, and anybody can repeat it. Whole packs, because a pack is fetched whole for
* a single file of it.
*/
function choosePacks(packs, percent, testId) {
	const totalBytes = packs.reduce((sum, { stored }) => sum + stored.sizeBytes, 0);
	const lotOf = ({ packId }) => createHash("sha256").update(`${testId}/${packId}`).digest("hex");
	const drawn = packs.map((pack) => ({
		pack,
		lot: lotOf(pack)
	})).sort((a, b) => a.lot < b.lot ? -1 : 1);
	const chosen = [];
	let bytes = 0;
	for (const { pack } of drawn) {
		if (bytes >= totalBytes * percent / 100) break;
		chosen.push(pack);
		bytes += pack.stored.sizeBytes;
	}
	return chosen;
}
/** Those that have records, so many at a time that these fit into memory; for each group the index is read once. */
function inGroups(packs, recordBytes) {
	const groups = [];
	let room = 0;
	for (const pack of packs) {
		const bytes = recordBytes.get(pack.packId) ?? 0;
		if (bytes === 0) continue;
		if (bytes > room || groups.length === 0) {
			groups.push([]);
			room = MAX_RECORD_BYTES;
		}
		groups.at(-1)?.push(pack);
		room -= bytes;
	}
	return groups;
}

// src/actions/restoring/read-index.ts
/** May be read as often as it takes. The files are in the context's directory, and stay there. */
var FetchedIndex = class FetchedIndex {
	#id;
	#files;
	#context;
	constructor(id, files, context) {
		this.#id = id;
		this.#files = files;
		this.#context = context;
	}
	/** Throws `object-mismatch`. */
	static async fetch({ id, index }, context) {
		const files = [];
		for (const [at, object] of index.entries()) files.push(await fetchObject(object, {
			...context,
			name: `index-${id}-${at}.gpg`
		}));
		return new FetchedIndex(id, files, context);
	}
	/** Every entry once. Throws `manifest-invalid`, and what opening an object throws. */
	async *batches() {
		try {
			yield* mergeIndex(this.#files.map((file) => openObject(file, this.#context)));
		} catch (error) {
			if (!(error instanceof IndexError)) throw error;
			throw new LifeboatError("manifest-invalid", `the index of ${this.#id} cannot be used: ${error.message}`);
		}
	}
	/**
	* The entries of these packs that are wanted, one pack after the other. `recordBytes` says how much text that is, and which packs have any.
	* Throws as `batches` does.
	*/
	async *entriesOf(packs, recordBytes, isWanted = () => true) {
		for (const group of inGroups(packs, recordBytes)) {
			const texts = new Map(group.map(({ packId }) => [packId, new RecordText()]));
			for await (const batch of this.batches()) for (const record of batch) {
				const text = texts.get(packIdOf(record));
				if (text !== void 0 && isWanted(record)) text.add(record);
			}
			for (const pack of group) {
				const entries = texts.get(pack.packId)?.read() ?? [];
				texts.delete(pack.packId);
				yield {
					pack,
					entries
				};
			}
		}
	}
};

// src/domain/snapshots/tar.ts
/** POSIX.1-2024, pax Interchange Format: everything comes in blocks of 512 bytes. */
const TAR_BLOCK = 512;
/** An archive ends with two blocks of zeros. */
const TAR_END = Buffer.alloc(2 * 512);
/** Of the POSIX format; others have other fields in the same places. */
const MAGIC = Buffer.from("ustar\x0000", "latin1");
/** Extended headers hold names, attributes and access control lists; those have at most 64 KiB each on Linux. */
const MAX_EXTENSION_BYTES = 8 * 2 ** 20;
var TarError = class extends Error {
	name = "TarError";
};
const ZEROS = Buffer.alloc(512);
/** What a header of zeros is. */
const END = "end";
/** A header but for its sum. */
const SUMMED = [[0, 148], [156, 512]];
const ATTRIBUTE = /^SCHILY\.(xattr|acl)\./;
/** As an index calls it. */
function typeOf({ type }) {
	return type === "5" ? "d" : type === "2" ? "l" : "f";
}
/**
* Yields the members that are wanted, headers and all, without the end of the archive. Members that follow each other pass as one piece,
* and without a copy. Throws `TarError` for what is no such archive, or breaks off.
*/
async function* selectMembers(archive, isWanted) {
	/** The beginning of headers that are not whole yet. */
	let rest = Buffer.alloc(0);
	let hasEnded = false;
	/** Of the content of the member at hand, up to the next block. */
	let left = 0;
	let isChosen = false;
	for await (const chunk of archive) {
		if (hasEnded) continue;
		const bytes = join(rest, chunk);
		let from = 0;
		let at = Math.min(left, bytes.length);
		left -= at;
		while (left === 0) {
			const head = readHead(bytes.subarray(at));
			if (head === void 0) break;
			const wasChosen = isChosen;
			isChosen = head !== END && isWanted(head.member);
			if (isChosen !== wasChosen) {
				if (wasChosen && at > from) yield bytes.subarray(from, at);
				from = at;
			}
			hasEnded = head === END;
			if (head === END) break;
			const next = at + head.headerBytes + head.contentBytes;
			at = Math.min(next, bytes.length);
			left = next - at;
		}
		if (isChosen && at > from) yield bytes.subarray(from, at);
		rest = bytes.subarray(at);
	}
	if (!hasEnded) throw new TarError("it breaks off");
}
/** What stands at the beginning of these bytes; undefined when it takes more of them to tell. */
function readHead(bytes) {
	const first = readHeader(bytes);
	if (first === void 0 || first === END) return first;
	if (first.type !== "x") return describe(first, /* @__PURE__ */ new Map(), 512);
	const size = readNumber(first.block.subarray(124, 136));
	if (size > MAX_EXTENSION_BYTES) throw new TarError("an extended header is too large");
	const extensionBytes = 512 + roundUp(size);
	const header = readHeader(bytes.subarray(extensionBytes));
	if (header === void 0) return void 0;
	if (header === END) throw new TarError("an extended header with nothing behind it");
	return describe(header, readPax(bytes.subarray(512, 512 + size)), extensionBytes + 512);
}
function readHeader(bytes) {
	if (bytes.length < 512) return void 0;
	const block = bytes.subarray(0, 512);
	if (block.equals(ZEROS)) return END;
	checkSum(block);
	if (!block.subarray(257, 265).equals(MAGIC)) throw new TarError("a header of another format");
	return {
		block,
		type: block.toString("latin1", 156, 157)
	};
}
function describe({ block, type }, values, headerBytes) {
	if (!"01257\0".includes(type)) throw new TarError(`a member of type ${JSON.stringify(type)}`);
	const number = (name, from, to) => numberOf(values.get(name) ?? readNumber(block.subarray(from, to)));
	const storedBytes = number("size", 124, 136);
	if ("125".includes(type) && storedBytes > 0) throw new TarError("a link or directory with content");
	return {
		member: {
			name: nameOf(block, type, values),
			type,
			size: numberOf(values.get("GNU.sparse.realsize") ?? values.get("GNU.sparse.size") ?? storedBytes),
			mode: readNumber(block.subarray(100, 108)),
			uid: number("uid", 108, 116),
			gid: number("gid", 116, 124),
			mtimeNs: nanosecondsOf(values.get("mtime") ?? String(readNumber(block.subarray(136, 148)))),
			attributes: new Map([...values].filter(([key]) => ATTRIBUTE.test(key))),
			linkName: values.get("linkpath") ?? textOf(block.subarray(157, 257))
		},
		headerBytes,
		contentBytes: roundUp(storedBytes)
	};
}
function nanosecondsOf(seconds) {
	const [, sign = "", whole, decimals = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(seconds) ?? [];
	if (whole === void 0) throw new TarError("a time that is no number");
	return BigInt(`${sign}${whole}${decimals.slice(0, 9).padEnd(9, "0")}`);
}
function numberOf(value) {
	const number = Number(value);
	if (!Number.isSafeInteger(number) || number < 0) throw new TarError("a size that is no number");
	return number;
}
/** Without the slash at its end, which GNU tar takes for that of a directory, whatever the type says: then it reads content as headers. */
function nameOf(header, type, values) {
	const extended = [values.get("GNU.sparse.name"), values.get("path")].filter((name) => name !== void 0);
	const [prefix, short] = [textOf(header.subarray(345, 500)), textOf(header.subarray(0, 100))];
	const names = extended.length > 0 ? extended : [prefix === "" ? short : `${prefix}/${short}`];
	if (type !== "5" && names.some((name) => name.endsWith("/"))) throw new TarError("a name of a directory that is none");
	return (names[0] ?? "").replace(/\/$/, "");
}
function textOf(field) {
	const end = field.indexOf(0);
	return field.toString("latin1", 0, end < 0 ? field.length : end);
}
/** Octal digits, or, with the first bit set, a binary number. */
function readNumber(field) {
	if (((field[0] ?? 0) & 128) !== 0) {
		const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, (field[0] ?? 0) & 127);
		if (!Number.isSafeInteger(value)) throw new TarError("a size that is no number");
		return value;
	}
	const digits = textOf(field).trim();
	if (!/^[0-7]*$/.test(digits)) throw new TarError("a size that is no number");
	return digits === "" ? 0 : Number.parseInt(digits, 8);
}
/** The sum of all bytes, those of the sum itself taken as blanks. */
function checkSum(header) {
	let sum = 256;
	for (const [from, to] of SUMMED) for (let at = from; at < to; at += 1) sum += header[at] ?? 0;
	if (readNumber(header.subarray(148, 156)) !== sum) throw new TarError("a header whose sum does not match");
}
/** `<length> <key>=<value>\n`, where the length is that of the whole. */
function readPax(body) {
	const values = /* @__PURE__ */ new Map();
	for (let at = 0; at < body.length;) {
		const blank = body.indexOf(32, at);
		const length = blank < 0 ? NaN : Number(body.toString("latin1", at, blank));
		const record = body.subarray(blank + 1, at + length);
		const equals = record.indexOf(61);
		if (!(length > 0) || equals < 0 || record.at(-1) !== 10 || at + length > body.length) throw new TarError("an extended header that cannot be read");
		values.set(record.toString("latin1", 0, equals), record.toString("latin1", equals + 1, record.length - 1));
		at += length;
	}
	return values;
}
function roundUp(size) {
	return Math.ceil(size / 512) * 512;
}
function join(rest, chunk) {
	const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
	return rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
}

export { FetchedIndex as a, addSize as c, readRecord as d, typeOfRecord as f, typeOf as i, copyText as l, TarError as n, choosePacks as o, selectMembers as r, packsOf as s, TAR_END as t, linkKey as u };