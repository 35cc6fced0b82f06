import {
  ScalarType,
  type DescEnum,
  type DescField,
  type DescFile,
  type DescMessage,
  type DescMethod,
} from '@bufbuild/protobuf';

/** Everything of an interface that clients in the field depend on, as plain texts that can be compared. */
export interface WireShape {
  /** Service -> method -> `Request -> Response`, with `stream` before what is a stream. */
  readonly services: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Message -> field number -> type and name, and `oneof NAME` after it when it is in one. */
  readonly messages: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Enum -> number -> name. */
  readonly enums: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** How two shapes differ, a line for each difference. */
export interface WireDifference {
  /** Changed or gone: clients in the field no longer understand the server. */
  readonly breaks: readonly string[];
  /** New: nobody depends on it yet. */
  readonly additions: readonly string[];
}

/** Reads the shape of a file from its descriptor. */
export function describeWire(file: DescFile): WireShape {
  const messages = file.messages.flatMap(withNested);
  const enums = [...file.enums, ...messages.flatMap((message) => message.nestedEnums)];
  return {
    services: toRecord(file.services, (service) => toRecord(service.methods, describeMethod)),
    messages: toRecord(messages, (message) => numbered(message.fields, describeField)),
    enums: toRecord(enums, (each: DescEnum) => numbered(each.values, (value) => value.name)),
  };
}

/** Compares what is with what clients have. */
export function compareWire(baseline: WireShape, current: WireShape): WireDifference {
  const before = flatten(baseline);
  const now = flatten(current);
  return {
    breaks: [...before].flatMap(([place, what]) => {
      const found = now.get(place);
      if (found === what) return [];
      return [`${place} was \`${what}\` and is ${found === undefined ? 'gone' : `\`${found}\``}`];
    }),
    additions: [...now].flatMap(([place, what]) =>
      before.has(place) ? [] : [`${place} is new: \`${what}\``],
    ),
  };
}

function flatten(shape: WireShape): ReadonlyMap<string, string> {
  const all = { ...shape.services, ...shape.messages, ...shape.enums };
  return new Map(
    Object.entries(all).flatMap(([owner, parts]) => [
      // Itself, too: a message without fields is one that a method may need.
      [owner, 'declared'] as const,
      ...Object.entries(parts).map(([part, what]) => [`${owner} ${part}`, what] as const),
    ]),
  );
}

function withNested(message: DescMessage): readonly DescMessage[] {
  return [message, ...message.nestedMessages.flatMap(withNested)];
}

function describeMethod({ methodKind, input, output }: DescMethod): string {
  const request = methodKind === 'client_streaming' || methodKind === 'bidi_streaming' ? 'stream ' : '';
  const response = methodKind === 'server_streaming' || methodKind === 'bidi_streaming' ? 'stream ' : '';
  return `${request}${input.typeName} -> ${response}${output.typeName}`;
}

function describeField(field: DescField): string {
  const oneof = field.oneof === undefined ? '' : ` oneof ${field.oneof.name}`;
  return `${describeType(field)} ${field.name}${oneof}`;
}

function describeType(field: DescField): string {
  switch (field.fieldKind) {
    case 'scalar':
      return nameOfScalar(field.scalar);
    case 'message':
      return field.message.typeName;
    case 'enum':
      return field.enum.typeName;
    case 'list':
      return `repeated ${nameOfElement(field.listKind === 'scalar' ? field.scalar : elementOf(field))}`;
    case 'map':
      return `map<${nameOfScalar(field.mapKey)}, ${nameOfElement(field.mapKind === 'scalar' ? field.scalar : elementOf(field))}>`;
  }
}

function elementOf(field: {
  readonly message?: DescMessage | undefined;
  readonly enum?: DescEnum | undefined;
}): string {
  return field.message?.typeName ?? field.enum?.typeName ?? '';
}

function nameOfElement(element: ScalarType | string): string {
  return typeof element === 'string' ? element : nameOfScalar(element);
}

function nameOfScalar(scalar: ScalarType): string {
  return ScalarType[scalar].toLowerCase();
}

function toRecord<T extends { readonly name: string; readonly typeName?: string }, R>(
  all: readonly T[],
  describe: (one: T) => R,
): Readonly<Record<string, R>> {
  return Object.fromEntries(all.map((one) => [one.typeName ?? one.name, describe(one)]));
}

function numbered<T extends { readonly number: number }>(
  all: readonly T[],
  describe: (one: T) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(all.map((one) => [String(one.number), describe(one)]));
}
