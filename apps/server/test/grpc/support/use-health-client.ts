import {
  type ClientReadableStream,
  type Client,
  credentials,
  loadPackageDefinition,
  type ServiceClientConstructor,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';
import { onTestFinished } from 'vitest';
import type { WireMessage } from './use-client.ts';

const { grpc } = loadPackageDefinition(
  loadSync(protoPath, { keepCase: true, enums: String, defaults: true }),
) as unknown as {
  readonly grpc: { readonly health: { readonly v1: { readonly Health: ServiceClientConstructor } } };
};

interface HealthMethods {
  readonly Check: (
    request: WireMessage,
    callback: (error: ServiceError | null, answer: WireMessage) => void,
  ) => unknown;
  readonly Watch: (request: WireMessage) => ClientReadableStream<WireMessage>;
}

/** A client of grpc.health.v1 without a token. */
export interface HealthClient {
  readonly check: (service?: string) => Promise<WireMessage>;
  readonly watch: (service?: string) => ClientReadableStream<WireMessage>;
}

/** Opens a client that ends with the test. */
export function useHealthClient(port: number): HealthClient {
  const client: Client = new grpc.health.v1.Health(`localhost:${port}`, credentials.createInsecure());
  onTestFinished(() => {
    client.close();
  });
  const methods = client as unknown as HealthMethods;
  return {
    check: (service = '') =>
      new Promise((resolve, reject) => {
        methods.Check({ service }, (error, answer) => {
          if (error === null) resolve(answer);
          else reject(error);
        });
      }),
    watch: (service = '') => methods.Watch({ service }),
  };
}
