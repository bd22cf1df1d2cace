// Writes the files that are made from the sources and committed; with --check only says which are not current (exit 1). Needs a build.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderAbiPage } from './render-abi.mjs';
import { renderJsonSchema } from './render-json-schema.mjs';
import { renderCommandPage, renderPolicyPage } from './render-man.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { policySchema } = await import('../build/src/policy/schema.js');
const { renderNativeMessages } = await import('../build/src/diagnostics/render-native-messages.js');
const { nativeMessages } = await import('../build/src/diagnostics/native-messages.js');
const { OPTIONS: options, OPTION_GROUPS: groups } = await import('../build/src/cli/options.js');
const { USAGE_FORMS: forms } = await import('../build/src/cli/usage-forms.js');
const { renderCompletion } = await import('../build/src/cli/completion/index.js');
const { namedProfiles, SYSTEM } = await import('../build/src/profiles/index.js');
const { ABI_TABLE } = await import('../build/src/kernel/abi-table.js');
const { CHAPTERS } = await import('../build/test/kernels/claims.js');
const { WORDS } = await import('../build/test/kernels/claim.js');
const { TARGETS } = await import('../build/test/kernels/targets.js');

const jsonSchema = renderJsonSchema(policySchema);
const generated = {
  'schema/policy.schema.json': jsonSchema,
  'docs/abi.md': renderAbiPage({ table: ABI_TABLE, chapters: CHAPTERS, words: WORDS, targets: TARGETS }),
  'man/landlock-run.1': renderCommandPage({ options, groups, profiles: [SYSTEM, ...namedProfiles()], forms }),
  'man/landlock-run-policy.5': renderPolicyPage(JSON.parse(jsonSchema)),
  'completions/landlock-run.bash': renderCompletion('bash'),
  'completions/_landlock-run': renderCompletion('zsh'),
  'completions/landlock-run.fish': renderCompletion('fish'),
  'native/core/messages.inc': renderNativeMessages(nativeMessages),
};

let stale = 0;
for (const [path, text] of Object.entries(generated)) {
  const file = join(root, path);
  if (read(file) === text) continue;
  if (process.argv.includes('--check')) {
    console.error(`${path} is not current: npm run generate`);
    stale = 1;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`wrote ${path}`);
  }
}
process.exit(stale);

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
