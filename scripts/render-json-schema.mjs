import { toJsonSchema } from '@valibot/to-json-schema';

/**
 * The published JSON Schema (draft-07) of a policy file, made from the one schema that also checks it.
 *
 * In: policySchema of src/policy/schema.ts. Out: the text of schema/policy.schema.json.
 */
export function renderJsonSchema(policySchema) {
  const document = {
    ...toJsonSchema(policySchema, { target: 'draft-07', typeMode: 'input', errorMode: 'throw' }),
    title: 'landlock-run policy',
    description: 'What a command may do, enforced by the Linux kernel (Landlock).',
    // Keys that begin with x- are the user's own.
    patternProperties: { '^x-': {} },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
