/** What a single binary carries in itself instead of in a package. */
export interface Embedded {
  /** Descriptor of a file without a name that holds the addon; closed once that is loaded. */
  readonly addon: number;
  /** One of the package's files by its path in the package (`package.json`, `dist/launcher/x64/template`); undefined where it has none. */
  readonly file: (path: string) => Uint8Array | undefined;
}

let embedded: Embedded | undefined;

/** Says that this process is a single binary (src/host/launcher/binary-entry.ts): nothing is looked for on the disk from here on. */
export function setEmbedded(value: Embedded): void {
  embedded = value;
}

/** What the binary carries; undefined where this is a package. */
export function embeddedFiles(): Embedded | undefined {
  return embedded;
}
