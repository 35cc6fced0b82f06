import { type DescMessage, fromJson, type JsonValue, type MessageShape } from '@bufbuild/protobuf';

/**
 * An answer of a v1 use case as a message: both have the same names. What the message has no field for is left out, and
 * `null` is what is not set.
 */
export function toMessage<Desc extends DescMessage>(desc: Desc, answer: object): MessageShape<Desc> {
  return fromJson(desc, answer as JsonValue, { ignoreUnknownFields: true });
}
