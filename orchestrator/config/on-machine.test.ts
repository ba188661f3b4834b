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

t.test("refuses a machine that cannot count instructions where the config wants that", async (t) => {
	const text = `${TEXT}machine: { kind: qemu-tcg, icount: true }\n`;
	const config = parseConfig(text, "/c/x.yaml", ["io/append"]);
	t.equal(onMachine(config, "qemu-tcg").machine.icount, true);
	t.throws(() => onMachine(config, "uml"), { code: "config-invalid", message: /icount.*uml/ });
});
