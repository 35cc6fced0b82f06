import { join } from 'node:path';
import {
  type ChannelCredentials,
  type ChannelOptions,
  type Client,
  type ClientReadableStream,
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { onTestFinished } from 'vitest';

const PROTO = join(import.meta.dirname, '../../../../../packages/contract/proto/migration.proto');

/** A client as others have it: made from the .proto file by another library than the server's. */
const OTHERS = loadPackageDefinition(loadSync(PROTO, { keepCase: true, defaults: true })) as unknown as {
  readonly migration: { readonly MigrationService: ServiceClientConstructor };
};

/** How a client talks. */
export interface ClientOptions {
  /** `null` sends none. */
  readonly token?: string | null;
  readonly credentials?: ChannelCredentials;
  readonly deadlineMs?: number;
  readonly channel?: ChannelOptions;
  /** Sent besides the token. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** How a client trusts certificates of an authority of its own. */
export function trusting(certificate: string): ChannelCredentials {
  return credentials.createSsl(Buffer.from(certificate));
}

/** A message by the names of the .proto file. */
export type WireMessage = Readonly<Record<string, unknown>>;

/** As grpc-js calls them: request, metadata, options, callback. */
type Unary = (
  ...args: readonly [
    WireMessage,
    Metadata,
    { readonly deadline?: number },
    (error: ServiceError | null, answer: WireMessage) => void,
  ]
) => { readonly cancel: () => void };
type Streaming = (
  request: WireMessage,
  metadata: Metadata,
  options: { readonly deadline?: number },
) => ClientReadableStream<WireMessage>;

/** A plain grpc-js client, its calls as promises. */
export interface TestClient {
  readonly call: (method: string, request?: WireMessage) => Promise<WireMessage>;
  /** Starts a call that can be given up; what becomes of it is not told. */
  readonly begin: (method: string, request?: WireMessage) => { readonly cancel: () => void };
  /** Starts StreamMigrate. */
  readonly stream: (request?: WireMessage) => ClientReadableStream<WireMessage>;
  readonly client: Client;
}

/** Opens a client that ends with the test. */
export function useClient(port: number, own: ClientOptions = {}): TestClient {
  const client = new OTHERS.migration.MigrationService(
    `localhost:${port}`,
    own.credentials ?? credentials.createInsecure(),
    own.channel,
  );
  onTestFinished(() => {
    client.close();
  });
  const metadataOf = (): Metadata => {
    const metadata = toMetadata(own.token === undefined ? 'admin-token' : own.token);
    for (const [key, value] of Object.entries(own.metadata ?? {})) metadata.set(key, value);
    return metadata;
  };
  const optionsOf = () => (own.deadlineMs === undefined ? {} : { deadline: Date.now() + own.deadlineMs });
  const methods = client as unknown as Readonly<Record<string, Unary>>;
  const start = (
    method: string,
    request: WireMessage,
    callback: (error: ServiceError | null, answer: WireMessage) => void,
  ) => {
    const unary = methods[method];
    if (unary === undefined) throw new Error(`no method ${method}`);
    return unary.call(client, request, metadataOf(), optionsOf(), callback);
  };
  return {
    client,
    call: (method, request = {}) =>
      new Promise((resolve, reject) => {
        start(method, request, (error, answer) => {
          if (error === null) resolve(answer);
          else reject(error);
        });
      }),
    begin: (method, request = {}) => start(method, request, () => undefined),
    stream: (request = {}) => {
      const { StreamMigrate } = client as unknown as { readonly StreamMigrate: Streaming };
      return StreamMigrate.call(client, request, metadataOf(), optionsOf());
    },
  };
}

/** The metadata of somebody with a token. */
export function toMetadata(token: string | null): Metadata {
  const metadata = new Metadata();
  if (token !== null) metadata.set('authorization', `Bearer ${token}`);
  return metadata;
}

/** What a call was refused with. */
export async function refusalOf(call: Promise<unknown>): Promise<ServiceError> {
  try {
    const answer = await call;
    throw new Error(`was not refused: ${JSON.stringify(answer)}`);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error as ServiceError;
    throw error;
  }
}

/** All messages of a stream, and what it ended with when that was not OK. */
export async function readAll(
  stream: ClientReadableStream<WireMessage>,
): Promise<{ readonly messages: readonly WireMessage[]; readonly error: ServiceError | null }> {
  const messages: WireMessage[] = [];
  try {
    for await (const message of stream) messages.push(message as WireMessage);
    return { messages, error: null };
  } catch (error) {
    return { messages, error: error as ServiceError };
  }
}
