/** landlock-run without preflight: prepares, encodes and runs as src/cli/run.ts does, and foretells nothing. `node unforetold.js [options] -- COMMAND` */
import { bytesOfText } from '../../src/base/bytes.ts';
import { parseCommandLine } from '../../src/cli/parse.ts';
import { preparePolicy } from '../../src/host/build-request.ts';
import { makeCaller } from '../../src/host/caller.ts';
import { loadNative } from '../../src/host/native.ts';
import { encodePlan } from '../../src/plan/encode.ts';

const native = loadNative();
const words = native.rawArguments().slice(2);
const { flags, command, verbose, json } = parseCommandLine(words);
const { policy, ruleset } = await preparePolicy(flags, makeCaller(native), command[0]);
native.run(encodePlan(policy, ruleset, { verbose, json, execHint: bytesOfText('') }), command);
