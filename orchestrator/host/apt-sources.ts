/** One archive that the machine's apt reads packages from. */
export interface AptSource {
	readonly uri: string;
	readonly suites: readonly string[];
	readonly components: readonly string[];
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== "");

/** Reads the one-line format (`deb [options] URI SUITE COMPONENT...`); source and commented lines are left out. */
export const parseOneLine = (text: string): readonly AptSource[] =>
	text.split("\n").flatMap((line) => {
		const found = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
		if (found === null) return [];
		const [, uri = "", suite = "", components = ""] = found;
		return [{ uri, suites: [suite], components: words(components) }];
	});

const fieldsOf = (stanza: string): ReadonlyMap<string, string> => {
	const fields = new Map<string, string>();
	let name = "";
	for (const line of stanza.split("\n")) {
		// A comment may stand in the middle of a field and does not end it.
		if (line.startsWith("#")) continue;
		const head = /^([A-Za-z][\w-]*):(.*)$/.exec(line);
		if (head !== null) name = (head[1] ?? "").toLowerCase();
		fields.set(name, `${fields.get(name) ?? ""} ${head === null ? line : head[2]}`);
	}
	return fields;
};

/** Reads the deb822 format of `*.sources` files; disabled stanzas and those without binary packages are left out. */
export const parseDeb822 = (text: string): readonly AptSource[] =>
	text.split(/\n[ \t]*\n/).flatMap((stanza) => {
		const fields = fieldsOf(stanza);
		const list = (name: string): readonly string[] => words(fields.get(name) ?? "");
		const disabled = /^(no|false|without|off|disable|0)$/i.test((fields.get("enabled") ?? "").trim());
		if (disabled || !list("types").includes("deb")) return [];
		return list("uris").map((uri) => ({ uri, suites: list("suites"), components: list("components") }));
	});

const DEBIAN_SUITE =
	/^(stable|oldstable|oldoldstable|testing|unstable|sid|experimental|buster|bullseye|bookworm|trixie|forky|duke)(-updates|-backports|-proposed-updates)?$/;

/** True for an archive of Debian itself: not its security archive, not somebody else's. */
export const isDebianArchive = (source: AptSource): boolean =>
	source.suites.some((suite) => DEBIAN_SUITE.test(suite)) &&
	source.components.includes("main") &&
	// Cloud images name a file that lists mirrors instead of a mirror.
	(/^[a-z]+:.*\/debian\/*$/.test(source.uri) || /^mirror\+file:.*\/debian\.list$/.test(source.uri));

/** The first mirror of a mirror list file. */
export const firstMirror = (text: string): string | undefined =>
	text
		.split("\n")
		.map((line) => words(line)[0])
		.find((word) => word !== undefined && /^[a-z]+:\/\//.test(word));
