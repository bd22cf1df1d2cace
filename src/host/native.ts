import { closeSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Bytes } from '../base/bytes.ts';
import { refuse } from '../diagnostics/diagnostic.ts';
import type { Plan } from '../plan/encode.ts';
import { embeddedFiles } from './embedded.ts';
import { eachPackageRoot, soughtPackage } from './package-roots.ts';

/** What the kernel says of itself, each bit tried (native/core/probe.c). */
export interface NativeProbe {
  /** Announced ABI; 0 where there is no Landlock, and then `errno` says why. */
  readonly abi: number;
  readonly errno: number;
  readonly fs: bigint;
  readonly net: bigint;
  readonly scope: bigint;
  readonly restrict: bigint;
  /** Bits of fixed errata (ABI 7 and newer, and back-ports), or -1 where the kernel does not tell. */
  readonly errata: number;
  readonly filter: bigint;
  readonly seccomp: boolean;
}

/** One thing that a throw-away child tried under the plan. */
export interface NativeProof {
  readonly name: string;
  /** On what: a path or a port; may be empty. */
  readonly subject: Bytes;
  /** Names of errno; empty is success. */
  readonly expected: string;
  readonly observed: string;
}

export interface NativeCheck {
  readonly ok: boolean;
  readonly exit: number;
  /** The core's diagnostics, as lines in the plan's own form. */
  readonly output: string;
  readonly proofs: readonly NativeProof[];
}

/** A ruleset that was built, or why it was refused. */
export interface NativePrepared {
  readonly exit: number;
  readonly signal: number;
  /** The prepared plan in a sealed file in memory, and its ruleset; -1 for none. Both are the caller's to close. */
  readonly file: number;
  readonly ruleset: number;
  /** Stands for this process's environment as it was then: channel(). 0 where it was not looked at, or cannot be kept. */
  readonly environment: number;
  /** What is enforced, as the kernel's masks. */
  readonly fs: number;
  readonly net: number;
  readonly scope: number;
  readonly filter: number;
  /** The core's diagnostics, as lines in the plan's own form. */
  readonly output: string;
}

/** The addon's functions (native/addon/addon.c). Words and paths go in and out as latin1 strings: one character a byte. */
export interface Native {
  rawArguments(): Bytes[];
  environment(): Bytes[];
  currentDirectory(): Bytes;
  /** What a symbolic link holds; undefined for anything else, and where it cannot be told. */
  readLink(path: Bytes): Bytes | undefined;
  /** Where a path leads through all links; undefined where that cannot be told. */
  realPath(path: Bytes): Bytes | undefined;
  probe(): NativeProbe;
  /** This process was started by the front: its record is used from here on, and its mark taken off the environment. */
  adopt(record: Uint8Array): void;
  /** Restricts this process and becomes COMMAND; ends the process with 125, 126 or 127 where it cannot. */
  run(plan: Plan, argv: readonly Bytes[]): never;
  /** Applies the plan in a throw-away child and proves it there. */
  check(plan: Plan, argv?: readonly Bytes[]): NativeCheck;
  /** The plan in a sealed file in memory. Returns its descriptor, close-on-exec. */
  seal(plan: Plan): number;
  /**
   * What a spawned process tells its fate through, both ends close-on-exec; `room` more descriptors can be had. `environment` is -1 where that process is not to
   * have the one of this process; else what prepare() told of it, or 0. It then waits in the channel: `sent` bytes, -1 where it is as prepare() has seen it,
   * 0 where it cannot be sent. Main thread only, but for -1.
   */
  channel(room: number, environment: number): [ours: number, theirs: number, sent: number];
  /** All that is told through a channel until the other end is closed: latin1. */
  readToEnd(descriptor: number): string;
  /** Closes a descriptor that was made here. */
  close(descriptor: number): void;
  /** Builds the plan's ruleset in a throw-away child. This process is not restricted. `environment`: the prepared plan is to hold this process's, for spawns; main thread only. */
  prepare(plan: Plan, environment: boolean): NativePrepared;
}

let loaded: Native | undefined;
let loadedFrom: string | undefined;
let frontRecord: Uint8Array | undefined;

/**
 * Says that this process was started by the front (native/launcher/front.c), and what it wrote down. To be called before the addon is loaded.
 *
 * @param hex the front's record as it spells it; what cannot be read is refused when COMMAND would start.
 */
export function setFrontRecord(hex: string): void {
  frontRecord = new Uint8Array(Buffer.from(hex, 'hex'));
}

/** The front's record, for what it says of descriptors (host/descriptor-path.ts); undefined without a front. */
export function frontRecordBytes(): Uint8Array | undefined {
  return frontRecord;
}

/**
 * Loads the addon: from the package only, or from where the caller says; never from a place that an environment variable names.
 *
 * @param launcher a spawn helper that the caller named: the addon may lie beside it.
 * @throws Refusal `not-linux`, `addon-missing` with what was tried.
 */
export function loadNative(launcher?: string): Native {
  if (loaded !== undefined) return loaded;
  if (process.platform !== 'linux') refuse('not-linux', undefined, process.platform);
  const module: { exports: unknown } = { exports: {} };
  const embedded = embeddedFiles();
  if (embedded === undefined) {
    loadedFrom = openFirst(module as NodeJS.Module, addonCandidates(launcher));
  } else {
    // Only by its descriptor: the file has no name. Needs /proc.
    openFirst(module as NodeJS.Module, [`/proc/self/fd/${embedded.addon}`]);
    closeSync(embedded.addon);
  }
  loaded = module.exports as Native;
  if (frontRecord !== undefined) loaded.adopt(frontRecord);
  return loaded;
}

/** Tries one file after the other; one that was built for another C library does not load, and leads to the next. Out: the one that loaded. */
function openFirst(module: NodeJS.Module, candidates: Iterable<string>): string {
  const failures: string[] = [];
  const tried: string[] = [];
  for (const path of candidates) {
    tried.push(path);
    if (!existsSync(path)) continue;
    try {
      process.dlopen(module, path);
      return path;
    } catch (error) {
      failures.push(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
    }
  }
  return refuse('addon-missing', undefined, tried.join(', ') || soughtPackage(), failures.join('; ') || 'no such file');
}

/** The addon that was or would be loaded, for the lint; undefined where there is none. */
export function addonPath(launcher?: string): string | undefined {
  if (loadedFrom !== undefined) return loadedFrom;
  for (const path of addonCandidates(launcher)) if (existsSync(path)) return path;
  return undefined;
}

const FILE = 'landlock_run.node';

/** What was built on this machine comes before what came with the package. One by one: the first most often is the one. */
function* addonCandidates(launcher?: string): Generator<string> {
  yield* besideLauncher(launcher);
  for (const root of eachPackageRoot()) {
    yield join(root, 'native', 'build', 'Release', FILE);
    for (const libc of libraries()) yield join(root, 'prebuilds', `linux-${process.arch}-${libc}`, FILE);
  }
}

/** The likelier C library first. musl's loader is on every system of musl's, where a library that plays glibc (gcompat) would load the wrong addon. */
function libraries(): readonly string[] {
  const loader = `/lib/ld-musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`;
  return existsSync(loader) ? ['musl', 'glibc'] : ['glibc', 'musl'];
}

function besideLauncher(launcher?: string): string[] {
  return launcher === undefined ? [] : [join(dirname(launcher), FILE)];
}
