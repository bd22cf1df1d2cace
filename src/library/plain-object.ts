import { escapeText } from '../base/escape.ts';
import { refuse } from '../diagnostics/diagnostic.ts';

type At = readonly (string | number)[];

/**
 * Refuses what looks like a policy and would not be read as one: a key whose value is undefined (`{ net: settings.net }` must not mean "unrestricted"), and
 * anything but plain objects, lists and values (a Map has no keys of its own, so nothing in it would be seen).
 *
 * @throws Refusal `policy-value`, `policy-foreign`
 */
export function refuseUnplain(value: unknown, at: At): void {
  if (value === undefined) {
    refuse(
      'policy-value',
      { kind: 'object', path: describe(at) },
      describe(at) || 'the policy',
      'undefined',
      'a value, or no key at all',
    );
  }
  if (typeof value !== 'object' || value === null) return;
  if (at.length > 16) refuse('policy-foreign', undefined, 'nested without end');
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== null && Object.getPrototypeOf(prototype as object) !== null) {
    refuse(
      'policy-foreign',
      { kind: 'object', path: describe(at) },
      `an instance of ${nameOf(value)}, not a plain object`,
    );
  }
  for (const key of Object.keys(value)) {
    if (at.length === 0 && key.startsWith('x-')) continue;
    const step = Array.isArray(value) ? Number(key) : key;
    refuseUnplain((value as Record<string, unknown>)[key], [...at, step]);
  }
}

function nameOf(value: object): string {
  const { name } = value.constructor as { name?: unknown };
  return typeof name === 'string' && name !== '' ? name : 'some class';
}

function describe(at: At): string {
  const steps = at.map((step) => (typeof step === 'number' ? `[${step}]` : `.${escapeText(step)}`));
  return steps.join('').replace(/^\./, '');
}
