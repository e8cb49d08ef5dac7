// src/domain/stores/object-grants.ts
/** A regular expression of sed as well as of JavaScript, for one line of an accounts dump. */
const OBJECT_GRANT = "^GRANT .* ON .*`\\.`.* TO ";
const IS_OBJECT_GRANT = new RegExp(OBJECT_GRANT);
const NAME = "`((?:[^`]|``)+)`";
const OBJECT = new RegExp(`^GRANT .* ON (?:[A-Z]+ )*${NAME}\\.${NAME} TO `);
/** Every server has their tables. */
const SYSTEM_DATABASES = /* @__PURE__ */ new Set([
	"mysql",
	"sys",
	"information_schema",
	"performance_schema"
]);
function isObjectGrant(line) {
	return IS_OBJECT_GRANT.test(line);
}
/** Tells lines that give rights on what is not in the backup. */
function findGrantsElsewhere({ objects }) {
	const here = new Set(objects.map(({ database, name }) => placeOf(database, name)));
	return (line) => {
		if (!isObjectGrant(line)) return false;
		const [, database, name] = OBJECT.exec(line) ?? [];
		if (database === void 0 || name === void 0) return false;
		const [plainDatabase, plainName] = [unquote(database), unquote(name)];
		return !SYSTEM_DATABASES.has(plainDatabase) && !here.has(placeOf(plainDatabase, plainName));
	};
}
/** Servers that fold the case of names write them in rights as they were typed. */
function placeOf(database, name) {
	return JSON.stringify([database, name]).toLowerCase();
}
function unquote(name) {
	return name.replaceAll("``", "`");
}

export { findGrantsElsewhere as n, isObjectGrant as r, OBJECT_GRANT as t };