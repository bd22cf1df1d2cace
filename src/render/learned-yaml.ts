import { Document, isMap, isScalar, isSeq, parseDocument, YAMLMap, YAMLSeq } from 'yaml';
import type { Bytes } from '../base/bytes.ts';
import { escapeText } from '../base/escape.ts';
import type { Mask } from '../kernel/rights.ts';
import type { Edit } from '../learn/edit.ts';
import { FORM_ACCESS, type LearnedForm } from '../learn/learned.ts';
import { maskOfRightWords } from '../policy/rights-list.ts';

const FORMAT = { lineWidth: 0, flowCollectionPadding: false } as const;

/** The keys of a policy file in canonical order (contract, section 5), and those of fs. */
const ORDER =
  'version extends profiles bare fs tmp net udp other_net no_unix scope audit compatibility min_abi require_paths env limits chdir keep_fd keep_caps keep_path discover'.split(
    ' ',
  );
const FS_ORDER = ['ro', 'rw', 'rwfile', 'grant', 'unix'];

/** A policy file while it is learned: the one that was there, or a new one. */
export class LearnedFile {
  readonly #document: Document;
  readonly #original: string | undefined;
  /** What the edits came to, a line each, `+` or `-` before it. */
  readonly changes: string[] = [];

  /**
   * @param source the file as it is, already checked as a policy; undefined where there is none.
   * @param plain what the options say, for a new file (plainPolicy).
   */
  constructor(source: string | undefined, plain: Record<string, unknown>) {
    this.#original = source;
    this.#document =
      source === undefined ? new Document(plain) : parseDocument(source, { version: '1.2', schema: 'core' });
  }

  /** The number of entries below fs. */
  get grants(): number {
    const fs = this.#document.get('fs');
    if (!isMap(fs)) return 0;
    return fs.items.reduce((count, { value }) => count + (isSeq(value) ? value.items.length : 0), 0);
  }

  apply(edits: readonly Edit[]): void {
    for (const edit of edits) {
      if (edit.kind === 'grant') this.#grant(edit);
      else if (edit.kind === 'append') this.#append(edit.at, edit.value, edit.comment);
      else if (edit.kind === 'set') this.#set(edit.at, edit.value, edit.comment);
      else if (this.#document.deleteIn(edit.at)) this.changes.push(`- ${edit.at.join('.')}`);
    }
  }

  /**
   * The file as text. Where nothing has changed it stays as it was, byte for byte, but for what its head says of itself.
   *
   * @param command what was run, in one line.
   * @param state what is known of the policy: proven, or unproven and why.
   */
  text(command: string, state: string): string {
    const head = headOf(this.#document.commentBefore ?? '', escapeText(command).replaceAll('\\"', '"'), state);
    if (this.#original !== undefined && this.changes.length === 0 && this.#document.commentBefore) {
      return replaceHead(this.#original, this.#document.commentBefore, head);
    }
    this.#document.commentBefore = head;
    this.#sort();
    return this.#document.toString(FORMAT);
  }

  #set(at: readonly string[], value: unknown, comment: string | undefined): void {
    const node = this.#document.createNode(value);
    if (comment !== undefined) node.comment = ` ${comment}`;
    const before = this.#document.getIn(at);
    if (before !== undefined) this.changes.push(`- ${at.join('.')}: ${JSON.stringify(before)}`);
    this.#document.setIn(at, node);
    this.changes.push(`+ ${at.join('.')}: ${JSON.stringify(value)}`);
  }

  #append(at: readonly string[], value: unknown, comment: string | undefined): void {
    const list = this.#document.getIn(at);
    const item = this.#document.createNode(value, { flow: true });
    if (comment !== undefined) item.comment = ` ${comment}`;
    if (isSeq(list)) {
      list.flow = false;
      list.add(item);
    } else {
      const made = new YAMLSeq();
      made.add(item);
      this.#ensureMap(at.slice(0, -1));
      this.#document.setIn(at, made);
    }
    this.changes.push(`+ ${at.join('.')}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  }

  #ensureMap(at: readonly string[]): void {
    if (at.length === 0) return;
    const node = this.#document.getIn(at);
    if (isMap(node)) node.flow = false;
    else this.#document.setIn(at, new YAMLMap());
  }

  #grant({ form, path, comment }: Extract<Edit, { kind: 'grant' }>): void {
    this.#dropCovered(form, path);
    if (form === 'list' || form === 'read') {
      this.#append(['fs', 'grant'], { path, access: [form === 'list' ? 'read_dir' : 'read'] }, comment);
    } else this.#append(['fs', form], path, comment);
  }

  /** Entries on the path or beneath that grant no more than the new one: left there, one without write would make the policy refused. */
  #dropCovered(form: LearnedForm, path: string): void {
    const fs = this.#document.get('fs');
    if (!isMap(fs) || form === 'unix') return;
    for (const key of FS_ORDER) {
      const list = fs.get(key);
      if (!isSeq(list) || key === 'unix') continue;
      list.items = list.items.filter((item) => {
        const entry = entryOf(key, item);
        const beneath = entry !== undefined && (entry.path === path || entry.path.startsWith(`${path}/`));
        if (!beneath || (entry.access & ~FORM_ACCESS[form]) !== 0) return true;
        this.changes.push(`- fs.${key}: ${entry.path}`);
        return false;
      });
      if (list.items.length === 0) fs.delete(key);
    }
  }

  #sort(): void {
    const { contents } = this.#document;
    if (this.#original !== undefined || !isMap(contents)) return;
    const by = (order: readonly string[]) => (a: { key: unknown }, b: { key: unknown }) =>
      order.indexOf(keyOf(a)) - order.indexOf(keyOf(b));
    contents.items.sort(by(ORDER));
    const fs = contents.get('fs');
    if (isMap(fs)) fs.items.sort(by(FS_ORDER));
  }
}

const keyOf = ({ key }: { key: unknown }): string => String(isScalar(key) ? key.value : key);

/** An entry of fs as it stands in a file; nothing where it is more than a path and rights. */
function entryOf(key: string, item: unknown): { path: string; access: Mask } | undefined {
  if (isScalar(item) && typeof item.value === 'string' && key !== 'grant') {
    return { path: item.value, access: FORM_ACCESS[key as LearnedForm] };
  }
  if (!isMap(item) || item.has('required')) return undefined;
  const path = item.get('path');
  const access = item.get('access');
  if (typeof path !== 'string' || key !== 'grant' || !isSeq(access)) return undefined;
  const words = access.items.map((word) => String(isScalar(word) ? word.value : word) as Bytes);
  return { path, access: maskOfRightWords(words, { kind: 'default' }) };
}

const LEARNED_FROM = ' Learned by landlock-run from: ';
const STATE = ' State: ';

/** The head: the user's own lines, what was learned from, each once, and the state. */
function headOf(before: string, command: string, state: string): string {
  const lines = before === '' ? [] : before.split('\n');
  const kept = lines.filter((line) => !line.startsWith(STATE));
  const from = `${LEARNED_FROM}${command}`;
  return [...kept, ...(kept.includes(from) ? [] : [from]), `${STATE}${state}`].join('\n');
}

function replaceHead(text: string, before: string, head: string): string {
  const written = (comment: string): string =>
    comment
      .split('\n')
      .map((line) => `#${line}`)
      .join('\n');
  return text.startsWith(written(before))
    ? `${written(head)}${text.slice(written(before).length)}`
    : `${written(head)}\n\n${text}`;
}
