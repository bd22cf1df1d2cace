import { toJsonSchema } from '@valibot/to-json-schema';
import { policySchema } from './schema.ts';

/**
 * The published JSON Schema (draft-07) of a policy file, made from the one schema that also checks it.
 *
 * @returns the text of schema/policy.schema.json.
 */
export function renderJsonSchema(): string {
  const schema = toJsonSchema(policySchema as never, { target: 'draft-07', typeMode: 'input', errorMode: 'throw' });
  const document = {
    ...schema,
    title: 'landlock-run policy',
    description: 'What a command may do, enforced by the Linux kernel (Landlock). https://docs.kernel.org/userspace-api/landlock.html',
    // Keys that begin with x- are the user's own.
    patternProperties: { '^x-': {} },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
