import type { Bytes } from '../base/bytes.ts';
import { bytesOfText } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import { flagOrigin, type Origin } from '../diagnostics/origin.ts';
import { type DiscoverRequest, discoverGrants, parseDiscover } from '../policy/discover.ts';
import { expandPath, refuseWideExpansion } from '../policy/expand.ts';
import type { FenceFile } from '../policy/fence.ts';
import type { DocumentContent, DocumentContext, DocumentPath } from '../policy/from-document.ts';
import { readDocument } from '../policy/from-document.ts';
import type { Flag } from '../policy/from-flags.ts';
import { absolutePath, directoryOf } from '../policy/path.ts';
import { readYaml, type YamlDocument } from '../policy/read-yaml.ts';
import type { Statement } from '../policy/statement.ts';
import { validateDocument } from '../policy/validate.ts';
import type { Caller } from './caller.ts';
import { fileOfStdin, readPolicyFile, readStdin } from './files.ts';

/** What files say, beside the command line. */
export interface FileSources {
  readonly statements: readonly Statement[];
  /** Every file that was read for it: none of them may be writable under the policy. */
  readonly files: readonly FenceFile[];
}

/** How deep extends may go (contract, section 5). */
const DEEPEST_EXTENDS = 16;

/**
 * Reads every file that the command line names: policies, what they extend, and configs to discover grants in.
 *
 * @throws Refusal on the first file that cannot be read or understood.
 */
export function loadFileSources(flags: readonly Flag[], caller: Caller): FileSources {
  const loader = new Loader(caller);
  for (const { name, value } of flags) {
    const origin = flagOrigin(name);
    if (value === undefined) continue;
    if (name === '--policy') loader.policy(value, origin);
    if (name === '--discover') loader.discover(parseDiscover(value, caller.workingDirectory(), origin), 0);
  }
  return { statements: loader.statements, files: loader.files };
}

/**
 * Reads one policy file, and every file that it names.
 *
 * @param path as it was given: relative to the caller's working directory.
 * @throws Refusal
 */
export function loadPolicyFile(path: Bytes, origin: Origin, caller: Caller): FileSources {
  const loader = new Loader(caller);
  loader.file(path, origin);
  return { statements: loader.statements, files: loader.files };
}

/**
 * Reads a policy that a program made: an object of the policy file's shape, none of whose own paths is expanded.
 *
 * @throws Refusal
 */
export function loadPolicyObject(value: unknown, caller: Caller): FileSources {
  const loader = new Loader(caller);
  loader.object(value);
  return { statements: loader.statements, files: loader.files };
}

class Loader {
  readonly statements: Statement[] = [];
  readonly files: FenceFile[] = [];
  readonly #caller: Caller;
  #stdinRead = false;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** A policy that the command line names; `-` is stdin. */
  policy(value: Bytes, origin: Origin): void {
    if (value === '-') {
      if (this.#stdinRead) refuse('stdin-twice', origin);
      this.#stdinRead = true;
      const document = readYaml(readStdin(origin), bytesOfText('stdin'));
      const path = fileOfStdin();
      if (path !== undefined) this.files.push({ path, origin });
      this.#document(document, this.#caller.workingDirectory(), 1, []);
      return;
    }
    this.file(value, origin);
  }

  /** A policy file, whatever its name. */
  file(value: Bytes, origin: Origin): void {
    const path = value.startsWith('/') ? value : absolutePath(value, this.#caller.workingDirectory());
    const clean = absolutePath(path, path);
    // `--policy <(...)`: a descriptor lies in no directory that anybody means.
    const directory = isDescriptor(clean) ? this.#caller.workingDirectory() : directoryOf(clean);
    this.#file(clean, value, origin, 1, [], directory);
  }

  /** An object: paths are exactly what they are, and relative to the working directory. */
  object(value: unknown): void {
    const originAt = (at: DocumentPath): Origin => ({ kind: 'object', path: describePath(at) });
    const context: DocumentContext = {
      rank: 1,
      originAt,
      path: (text) => absolutePath(text, text.startsWith('/') ? text : this.#caller.workingDirectory()),
    };
    this.#content(readDocument(validateDocument(value, originAt), context), 1, []);
  }

  discover(request: DiscoverRequest, rank: number): void {
    const config = readYaml(readPolicyFile(request.config, request.origin), request.config);
    this.files.push({ path: request.config, origin: request.origin });
    for (const grant of discoverGrants(request, config, this.#caller.home())) {
      this.statements.push({ kind: 'grant', grant, origin: grant.origin, rank });
    }
  }

  /** `shown` is the file as it was named: what messages say. Its relative paths start in `directory`. */
  #file(
    path: Bytes,
    shown: Bytes,
    origin: Origin,
    rank: number,
    above: readonly Bytes[],
    directory = directoryOf(path),
  ): void {
    if (above.includes(path)) refuse('extends-cycle', origin, path);
    if (above.length >= DEEPEST_EXTENDS) refuse('extends-deep', origin, DEEPEST_EXTENDS);
    const document = readYaml(readPolicyFile(path, origin), shown);
    this.files.push({ path, origin });
    this.#document(document, directory, rank, [...above, path]);
  }

  #document(document: YamlDocument, directory: Bytes, rank: number, above: readonly Bytes[]): void {
    const context: DocumentContext = {
      rank,
      originAt: document.originAt,
      path: (text, origin, write) => {
        const path = absolutePath(expandPath(text, this.#caller, origin), directory);
        if (write) refuseWideExpansion(text, path, this.#caller, origin);
        return path;
      },
    };
    this.#content(readDocument(validateDocument(document.value, document.originAt), context), rank, above);
  }

  #content(content: DocumentContent, rank: number, above: readonly Bytes[]): void {
    this.statements.push(...content.statements);
    for (const extended of content.extends) this.#file(extended.path, extended.path, extended.origin, rank + 1, above);
    for (const request of content.discover) this.discover(request, rank);
  }
}

/** A path that names a descriptor of this process, as a shell's process substitution does. */
function isDescriptor(path: Bytes): boolean {
  return /^\/(?:dev|proc\/self)\/fd\/[0-9]+$/.test(path);
}

/** `fs.rw[0]` */
function describePath(at: DocumentPath): string {
  const steps = at.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`));
  return steps.join('').replace(/^\./, '');
}
