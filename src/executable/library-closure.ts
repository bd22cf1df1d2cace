import type { Bytes } from '../base/bytes.ts';
import { quote } from '../base/escape.ts';
import { createGlibcSearch } from './glibc-search.ts';
import { type LibrarySearch, type Loaded, type SearchQuestion, sonameOf } from './library-search.ts';
import { createMuslSearch } from './musl-search.ts';
import { baseOf, directoryOf } from './search-path.ts';
import type { Trail } from './trail.ts';

/**
 * Follows DT_NEEDED breadth first, as both loaders do, and writes down every library that is opened before the program's own code
 * runs. What a program opens later (dlopen, NSS, gconv) is its own affair.
 */
export function followLibraries(question: SearchQuestion, trail: Trail): void {
  const search = searchFor(question);
  if (search === undefined) {
    trail.unknown(question.interpreter.path, `the loader ${quote(question.interpreter.path)} is of an unknown kind`);
    return;
  }
  for (const { path, needed } of search.files) trail.needFile(path, 'loader-file', needed, 'read by the loader');
  const names = new Set<Bytes>();
  const files = new Set<Bytes>([question.interpreter.resolved, question.program.seen.resolved]);
  const soname = sonameOf(question.program.seen);
  if (soname !== undefined) names.add(soname);
  const queue: Loaded[] = [question.program];
  let cacheNeeded = false;

  function load(name: Bytes, by: Loaded, required: boolean): void {
    if (names.has(name) || search?.isOwn(name)) return;
    names.add(name);
    const found = search?.find(name, by);
    if (found === undefined) return;
    if (found.state !== 'found') {
      if (found.state === 'unknown') trail.unknown(name, `where the loader finds ${quote(name)} cannot be told`);
      else if (required) trail.libraryProblem(found.state, found.state === 'invalid' ? found.path : name, by.seen.path);
      return;
    }
    const { seen } = found;
    cacheNeeded ||= found.byCache && required;
    if (files.has(seen.resolved)) return;
    files.add(seen.resolved);
    trail.need(seen, 'read', 'library', required, `library of ${quote(by.seen.path)}`);
    if (seen.image === undefined || seen.image === 'damaged') return;
    if (seen.image.soname !== undefined) names.add(seen.image.soname);
    queue.push({ seen, image: seen.image, loader: by, origin: directoryOf(seen.path) });
  }

  for (const name of search.preloaded) load(name, question.program, false);
  for (let at = 0; at < queue.length; at++) {
    const by = queue[at] as Loaded;
    for (const name of by.image.needed) load(name, by, true);
    for (const name of by.image.auxiliary) load(name, by, false);
  }
  if (search.cache !== undefined && (queue.length > 1 || cacheNeeded)) {
    trail.needFile(search.cache, 'library-cache', cacheNeeded, 'tells the loader where libraries are');
  }
}

/** A loader is known by its DT_SONAME, which says what it is whatever it is called; where it has none, by its file's name. */
function searchFor(question: SearchQuestion): LibrarySearch | undefined {
  const { interpreter, interpreterName } = question;
  const soname = sonameOf(interpreter) ?? baseOf(interpreter.resolved);
  if (/^ld(?:-linux[^/]*|64)?\.so\./.test(soname) || soname === 'ld.so.1') return createGlibcSearch(question);
  const musl = /^ld-musl-[^/]+\.so\.1$/;
  if (musl.test(soname)) return createMuslSearch(question);
  return soname === 'libc.so' && musl.test(baseOf(interpreterName)) ? createMuslSearch(question) : undefined;
}
