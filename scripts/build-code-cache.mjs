/**
 * Writes V8's compiled form of what a run loads, dist/cache/V8-ARCH/, and dist/node, a link to the Node that runs this: the two that the front starts with.
 *
 *   node scripts/build-code-cache.mjs
 */
import { readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeCacheFolder, writeCodeCache } from './code-cache.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const cache = codeCacheFolder(root);

rmSync(join(dist, 'cache'), { recursive: true, force: true });
writeCodeCache(root, process.execPath, cache);

const link = join(dist, 'node');
symlinkSync(process.execPath, `${link}.${process.pid}`);
renameSync(`${link}.${process.pid}`, link);
for (const name of readdirSync(cache))
  console.log(`build-code-cache: ${name}: ${readFileSync(join(cache, name)).length} bytes`);
