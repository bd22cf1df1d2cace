// Writes the files that are made from the sources and committed; with --check only says which are not current (exit 1). Needs a build.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderJsonSchema } from './render-json-schema.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { policySchema } = await import('../build/src/policy/schema.js');
const { renderNativeMessages } = await import('../build/src/diagnostics/render-native-messages.js');
const { nativeMessages } = await import('../build/src/diagnostics/native-messages.js');

const generated = {
  'schema/policy.schema.json': renderJsonSchema(policySchema),
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
