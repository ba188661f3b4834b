import t from "tap";
import { parseConfig } from "./load.ts";
import { onMachine } from "./on-machine.ts";

const TEXT = `name: quick
kernels:
  - name: counters
    source: { package: linux-source-7.3, suite: trixie-backports }
modes: [devfuse]
stores: [tmpfs]
`;

t.test("takes the place of the config's machine and leaves the rest", async (t) => {
	const config = parseConfig(TEXT, "/c/x.yaml", ["io/append"]);
	t.equal(onMachine(config, undefined), config);
	t.same(onMachine(config, "uml"), { ...config, machine: { ...config.machine, kind: "uml" } });
});

t.test("host: the running kernel stands in for the config's, and nothing of this computer is set", async (t) => {
	const text = TEXT.replace("stores: [tmpfs]", "stores: [tmpfs, nvme-ext4]");
	const config = onMachine(
		parseConfig(`${text}machine: { kind: host, cpus: 7, nvme: 2G }\n`, "/c/x.yaml", ["a"]),
		undefined,
	);
	t.match(config.kernels, [{ name: "running", series: [] }]);
	t.equal(config.machine.nvmeMiB, undefined);
	t.same(config.cpus, [config.machine.cpus]);
	const setting = parseConfig(`${TEXT}sysctls: { fs.fuse.max_pages_limit: 512 }\n`, "/c/x.yaml", ["a"]);
	t.throws(() => onMachine(setting, "host"), { code: "config-invalid", message: /sets sysctls/ });
});

t.test("refuses a machine that cannot count instructions where the config wants that", async (t) => {
	const text = `${TEXT}machine: { kind: qemu-tcg, icount: true }\n`;
	const config = parseConfig(text, "/c/x.yaml", ["io/append"]);
	t.equal(onMachine(config, "qemu-tcg").machine.icount, true);
	t.throws(() => onMachine(config, "uml"), { code: "config-invalid", message: /icount.*uml/ });
});
