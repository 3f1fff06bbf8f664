// What @cloud-copilot/iam-simulate says of requests: a list of simulations comes in, a list of verdicts goes out.
// Usage: node judge.mjs DIRECTORY <simulations.json     (DIRECTORY has node_modules)
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const { runSimulation } = createRequire(`${process.argv[2]}/`)("@cloud-copilot/iam-simulate");
const verdicts = [];
for (const simulation of JSON.parse(readFileSync(0, "utf8"))) {
  verdicts.push(await runSimulation(simulation, {}));
}
process.stdout.write(JSON.stringify(verdicts));
