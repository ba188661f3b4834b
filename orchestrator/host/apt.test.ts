import { writeFile } from "node:fs/promises";
import path from "node:path";
import t from "tap";
import { aptMirror, parseCandidate, parseSourceVersions } from "./apt.ts";
import { isDebianArchive, parseDeb822, parseOneLine } from "./apt-sources.ts";

const DEB822 = `Types: deb deb-src
# a comment in the middle
URIs: http://mirror.example/debian/
Suites: bookworm
 bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: sid
Components: main

Types: deb-src
URIs: http://src.example/debian
Suites: sid
Components: main
`;

t.test("reads the deb822 format", async (t) => {
	t.strictSame(parseDeb822(DEB822), [
		{
			uri: "http://mirror.example/debian/",
			suites: ["bookworm", "bookworm-updates"],
			components: ["main", "contrib"],
		},
		{ uri: "http://mirror.example/debian-security", suites: ["bookworm-security"], components: ["main"] },
	]);
});

t.test("reads the one-line format", async (t) => {
	const text =
		"# deb http://no.example/debian sid main\ndeb-src http://no.example/debian sid main\n" +
		"deb [arch=amd64 signed-by=/k.gpg]  https://m.example/debian  trixie main non-free # words\n";
	t.strictSame(parseOneLine(text), [
		{ uri: "https://m.example/debian", suites: ["trixie"], components: ["main", "non-free"] },
	]);
});

t.test("knows Debian's archive from others", async (t) => {
	const archive = { uri: "http://m.example/debian", suites: ["trixie"], components: ["main"] };
	t.equal(isDebianArchive(archive), true);
	t.equal(isDebianArchive({ ...archive, uri: "http://m.example/debian-security" }), false);
	t.equal(isDebianArchive({ ...archive, uri: "http://m.example/ubuntu", suites: ["noble"] }), false);
	t.equal(isDebianArchive({ ...archive, suites: ["nodistro"] }), false);
	t.equal(isDebianArchive({ ...archive, components: ["contrib"] }), false);
});

t.test("takes the first Debian archive of the machine", async (t) => {
	const plain = t.testdir({
		"sources.list": "deb http://other.example/apt stable main\n",
		"sources.list.d": { "a.list.disabled": "deb http://no.example/debian sid main\n", "debian.sources": DEB822 },
	});
	t.equal(await aptMirror(plain), "http://mirror.example/debian");
	await t.rejects(aptMirror(`${plain}/nowhere`), { code: "source-missing" });
});

t.test("goes through a mirror list, as cloud images have it", async (t) => {
	const folder = t.testdir({ "debian.list": "# mirrors\nhttps://cdn.example/debian priority:1\n" });
	await writeFile(path.join(folder, "sources.list"), `deb mirror+file://${folder}/debian.list trixie main\n`);
	t.equal(await aptMirror(folder), "https://cdn.example/debian");
});

t.test("reads candidate and source versions", async (t) => {
	const text =
		"Package: linux-source-7.3\nSource: linux\nDepends: xz-utils | x (>= 1), linux-base-7.3 (= 7.3.4-1)\nVersion: 7.3.4-1~bpo13+1\nFilename: pool/l.deb\nSize: 12\nSHA256: ab\n\nPackage: x\n";
	t.strictSame(parseCandidate(text, "sid"), {
		package: "linux-source-7.3",
		suite: "sid",
		version: "7.3.4-1~bpo13+1",
		sha256: "ab",
		bytes: 12,
		filename: "pool/l.deb",
		depends: ["xz-utils", "linux-base-7.3"],
	});
	t.equal(parseCandidate("", "sid"), undefined);
	t.strictSame(
		parseSourceVersions(
			"Package: fuse3\nVersion: 3.18.3-1\n\nPackage: fuse\nVersion: 2\n\nPackage: fuse3\nVersion: 3.17-1\n",
			"fuse3",
		),
		["3.18.3-1", "3.17-1"],
	);
});
