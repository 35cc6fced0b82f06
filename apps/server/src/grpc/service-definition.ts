import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type DescMethod,
  type DescService,
  type Message,
} from '@bufbuild/protobuf';
import type { ServiceDefinition } from '@grpc/grpc-js';

/** A request as it came, or why it cannot be read: grpc-js would answer the latter as a fault of ours. */
export type ReadRequest = { readonly message: Message } | { readonly unreadable: unknown };

/** Makes grpc-js's definition of a service, for the server and for clients, from its descriptor. */
export function toServiceDefinition(service: DescService): ServiceDefinition {
  return Object.fromEntries(service.methods.map((method) => [method.localName, toMethodDefinition(method)]));
}

/** Makes the bytes of an answer from plain data. */
export function encodeAnswer(desc: DescMessage, answer: Record<string, unknown>): Buffer {
  return toBuffer(toBinary(desc, create(desc, answer)));
}

/** Answers are bytes by the time they come to grpc-js, so that a fault in encoding them is ours to report. */
function toMethodDefinition({ name, localName, parent, methodKind, input, output }: DescMethod) {
  return {
    path: `/${parent.typeName}/${name}`,
    originalName: localName,
    requestStream: methodKind === 'client_streaming' || methodKind === 'bidi_streaming',
    responseStream: methodKind === 'server_streaming' || methodKind === 'bidi_streaming',
    requestSerialize: (message: Message) => toBuffer(toBinary(input, message)),
    requestDeserialize: (bytes: Buffer) => readRequest(input, bytes),
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => fromBinary(output, bytes),
  };
}

function readRequest(input: DescMessage, bytes: Buffer): ReadRequest {
  try {
    // Unknown fields come from newer clients; kept, they would only take room.
    return { message: fromBinary(input, bytes, { readUnknownFields: false }) };
  } catch (error) {
    return { unreadable: error };
  }
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
