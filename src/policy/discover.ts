import { type Bytes, bytesOfText, hasBytes } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Origin } from '../diagnostics/origin.ts';
import { GRANT_RIGHTS } from '../kernel/rights.ts';
import type { DocumentPath } from './from-document.ts';
import { absolutePath, directoryOf, withoutDotDot } from './path.ts';
import type { YamlDocument } from './read-yaml.ts';
import type { Grant } from './statement.ts';

/** A request to take grants from a service's config: contract section 6. */
export interface DiscoverRequest {
  readonly config: Bytes;
  /** Dotted keys whose values are bare paths, read or written. */
  readonly readKeys: readonly string[];
  readonly writeKeys: readonly string[];
  readonly origin: Origin;
}

/** Reads `--discover CONFIG[#KEY,...]`; keys named there are read. */
export function parseDiscover(value: Bytes, working: Bytes, origin: Origin): DiscoverRequest {
  const hash = value.indexOf('#');
  const file = (hash < 0 ? value : value.slice(0, hash)) as Bytes;
  const keys = hash < 0 ? [] : value.slice(hash + 1).split(',');
  if (file === '' || keys.includes('')) return refuse('discover-form', origin, value);
  return { config: absolutePath(file, working), readKeys: keys, writeKeys: [], origin };
}

/**
 * Finds the files that a config refers to: every `file://` URI read-only, `sqlite://` its *directory* read-write (journals live beside
 * the database), and the paths that the named keys hold. Not parsed as web URLs: `file://x.json` is x.json beside the config, never `/`.
 *
 * @throws Refusal `discover-too-wide` for `/`, a top-level directory or the home directory; `discover-zero-byte`; `discover-half-character`; `discover-key-missing`.
 */
export function discoverGrants(request: DiscoverRequest, config: YamlDocument, home: Bytes | undefined): Grant[] {
  const base = directoryOf(request.config);
  const grants: Grant[] = [];
  const grant = (path: Bytes, form: 'ro' | 'rw', origin: Origin): void => {
    if (path.includes('\0')) refuse('discover-zero-byte', origin, path);
    const absolute = absolutePath(path, base);
    refuseWide(absolute, home, origin);
    grants.push({
      path: absolute,
      access: GRANT_RIGHTS[form],
      form,
      source: 'discovered',
      required: false,
      optional: true,
      origin,
    });
  };
  for (const [at, text] of textsIn(config.value, [])) {
    const uri = /^(file|sqlite3?):\/\/(.*)$/s.exec(text);
    if (uri === null) continue;
    const origin = config.originAt(at);
    refuseHalfCharacter(text, origin);
    const path = pathOfUri(uri[2] ?? '', uri[1] ?? '', origin, text);
    if (path === undefined) continue;
    if (uri[1] === 'file') grant(path, 'ro', origin);
    else grant(directoryOf(absolutePath(path, base)), 'rw', origin);
  }
  for (const [keys, form] of [[request.readKeys, 'ro'] as const, [request.writeKeys, 'rw'] as const]) {
    for (const key of keys) {
      const at = findKey(config.value, key.split('.'));
      const texts = at === undefined ? [] : [...textsIn(valueAt(config.value, at), at)];
      if (at === undefined || texts.length === 0)
        return refuse('discover-key-missing', request.origin, key, request.config);
      for (const [place, text] of texts) {
        if (/^[a-z0-9+]+:\/\//i.test(text)) continue;
        refuseHalfCharacter(text, config.originAt(place));
        grant(bytesOfText(text), form, config.originAt(place));
      }
    }
  }
  return grants;
}

/** The path in a URI's rest: percent escapes decoded, query and fragment cut off; nothing for an in-memory database. */
function pathOfUri(rest: string, scheme: string, origin: Origin, whole: string): Bytes | undefined {
  const cut = rest.replace(/[?#].*$/s, '');
  if (scheme !== 'file' && (cut === ':memory:' || cut === '' || rest.includes('mode=memory'))) return undefined;
  if (cut === '') return refuse('discover-too-wide', origin, bytesOfText(whole));
  try {
    return bytesOfText(decodeURIComponent(cut));
  } catch {
    // Not percent-encoded UTF-8: services that take `file://` by cutting it off mean the bytes as they stand.
    return bytesOfText(cut);
  }
}

/** An escape of YAML can spell half of a surrogate pair. It has no bytes: UTF-8 would make another name of it. */
function refuseHalfCharacter(text: string, origin: Origin): void {
  if (!hasBytes(text.replaceAll('\0', ''))) refuse('discover-half-character', origin, text);
}

function refuseWide(path: Bytes, home: Bytes | undefined, origin: Origin): void {
  const plain = withoutDotDot(path);
  const topLevel = plain.lastIndexOf('/') === 0;
  const isHome = home !== undefined && plain === withoutDotDot(absolutePath(home, bytesOfText('/')));
  if (topLevel || isHome) refuse('discover-too-wide', origin, plain);
}

/** Every text in a value, with its place. */
function* textsIn(value: unknown, at: DocumentPath): Generator<[DocumentPath, string]> {
  if (typeof value === 'string') yield [at, value];
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    yield* textsIn(inner, [...at, Array.isArray(value) ? Number(key) : key]);
  }
}

/** Finds a dotted key; a key of the config may itself hold dots. */
function findKey(value: unknown, steps: readonly string[]): DocumentPath | undefined {
  if (steps.length === 0) return [];
  if (typeof value !== 'object' || value === null) return undefined;
  for (let taken = 1; taken <= steps.length; taken++) {
    const key = steps.slice(0, taken).join('.');
    if (!Object.hasOwn(value, key)) continue;
    const rest = findKey((value as Record<string, unknown>)[key], steps.slice(taken));
    if (rest !== undefined) return [Array.isArray(value) ? Number(key) : key, ...rest];
  }
  return undefined;
}

function valueAt(value: unknown, at: DocumentPath): unknown {
  return at.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown>)[step], value);
}
