/**
 * Exits with 0 if the installed node modules are those of package-lock.json, else with 1.
 * npm records what it has installed in node_modules/.package-lock.json; times of files say nothing after a checkout.
 */
import { readFileSync } from 'node:fs';

const installed = read('../node_modules/.package-lock.json');
const wanted = read('../package-lock.json');
process.exit(installed && wanted && isCurrent(installed, wanted) ? 0 : 1);

/** The packages of a lock file by path, or undefined if it cannot be read. */
function read(path) {
  try {
    return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** Every package has the wanted content; only packages for other machines may be absent. */
function isCurrent(installed, wanted) {
  const paths = Object.keys(wanted).filter((path) => path !== '');
  const same = paths.every((path) => {
    if (installed[path] === undefined) return wanted[path].optional === true;
    return installed[path].version === wanted[path].version && installed[path].integrity === wanted[path].integrity;
  });
  return same && Object.keys(installed).every((path) => wanted[path] !== undefined);
}
