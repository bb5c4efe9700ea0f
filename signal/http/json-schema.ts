import type * as v from 'valibot';

export type JsonSchema = Record<string, unknown>;

/** The parts of a schema that are looked at here; valibot's own types do not name them in general. */
interface Node {
  kind: string;
  type: string;
  requirement?: unknown;
  pipe?: Node[];
  entries?: Record<string, Node>;
  options?: unknown[];
  item?: Node;
  wrapped?: Node;
  literal?: unknown;
}

/** JSON Schema of a valibot schema, for the kinds that the HTTP API uses. Throws for any other. */
export function toJsonSchema(schema: v.GenericSchema): JsonSchema {
  return convert(schema as unknown as Node);
}

function convert(node: Node): JsonSchema {
  if (node.pipe) {
    const [first, ...rest] = node.pipe;
    if (!first) throw new Error('empty pipe');
    return Object.assign(convert(first), ...rest.map(constraint)) as JsonSchema;
  }
  switch (node.type) {
    case 'string':
    case 'number':
    case 'boolean':
      return { type: node.type };
    case 'literal':
      return { const: node.literal };
    case 'picklist':
      return { enum: node.options };
    case 'array':
      return { type: 'array', items: node.item ? convert(node.item) : {} };
    case 'union':
    case 'variant':
      return { anyOf: (node.options as Node[]).map(convert) };
    case 'optional':
      return node.wrapped ? convert(node.wrapped) : {};
    case 'nullable':
      return { anyOf: [node.wrapped ? convert(node.wrapped) : {}, { type: 'null' }] };
    case 'object':
      return object(node.entries ?? {});
    default:
      throw new Error(`no JSON Schema for ${node.type}`);
  }
}

function object(entries: Record<string, Node>): JsonSchema {
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(entries).map(([key, entry]) => [key, convert(entry)])),
    required: Object.entries(entries)
      .filter(([, entry]) => entry.type !== 'optional')
      .map(([key]) => key),
  };
}

function constraint(node: Node): JsonSchema {
  switch (node.type) {
    case 'max_length':
      return { maxLength: node.requirement };
    case 'min_value':
      return { minimum: node.requirement };
    case 'max_value':
      return { maximum: node.requirement };
    case 'regex':
      return { pattern: (node.requirement as RegExp).source };
    case 'integer':
      return { type: 'integer' };
    default:
      // Trimming and the like change the value, not what may be sent.
      return {};
  }
}
