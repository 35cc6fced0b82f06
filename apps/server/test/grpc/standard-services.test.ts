import { join } from 'node:path';
import {
  credentials,
  loadPackageDefinition,
  Metadata,
  type ServiceClientConstructor,
  status,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { describe, expect, it, onTestFinished } from 'vitest';
import { refusalOf, toMetadata } from './support/use-client.ts';
import { useGrpcServer } from './support/use-grpc-server.ts';
import { useHealthClient } from './support/use-health-client.ts';

describe('grpc.health.v1', () => {
  it.each(['', 'migration.MigrationService'])(
    'tells without a token that %j serves, or no longer',
    async (name) => {
      const { server } = await useGrpcServer();
      const { check } = useHealthClient(server.port);
      expect(await check(name)).toEqual({ status: 'SERVING' });
      server.setServing(false);
      expect(await check(name)).toEqual({ status: 'NOT_SERVING' });
      server.setServing(true);
      expect(await check(name)).toEqual({ status: 'SERVING' });
    },
  );

  it('does not know other services', async () => {
    const { server } = await useGrpcServer();
    expect((await refusalOf(useHealthClient(server.port).check('other.Service'))).code).toBe(
      status.NOT_FOUND,
    );
  });
});

interface Reflected {
  readonly list_services_response?: { readonly service: readonly { readonly name: string }[] };
  readonly file_descriptor_response?: { readonly file_descriptor_proto: readonly Buffer[] };
}

/** Asks for something by reflection, as grpcurl does. */
function reflect(
  port: number,
  question: Readonly<Record<string, string>>,
  metadata: Metadata,
): Promise<Reflected> {
  const file = join(
    import.meta.dirname,
    '../../../../node_modules/@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto',
  );
  const loaded = loadPackageDefinition(loadSync(file, { keepCase: true })) as unknown as {
    readonly grpc: {
      readonly reflection: { readonly v1: { readonly ServerReflection: ServiceClientConstructor } };
    };
  };
  const client = new loaded.grpc.reflection.v1.ServerReflection(
    `localhost:${port}`,
    credentials.createInsecure(),
  );
  onTestFinished(() => {
    client.close();
  });
  const { ServerReflectionInfo } = client as unknown as {
    readonly ServerReflectionInfo: (metadata: Metadata) => NodeJS.ReadWriteStream;
  };
  const stream = ServerReflectionInfo.call(client, metadata);
  return new Promise((resolve, reject) => {
    stream.on('error', reject);
    stream.on('data', (answer: unknown) => {
      resolve(answer as Reflected);
      stream.end();
    });
    stream.write(question as unknown as string);
  });
}

describe('reflection', () => {
  it('is not there unless asked for', async () => {
    const { server } = await useGrpcServer();
    const question = reflect(server.port, { list_services: '' }, toMetadata('admin-token'));
    expect((await refusalOf(question)).code).toBe(status.UNIMPLEMENTED);
  });

  it('tells nobody without a token', async () => {
    const { server } = await useGrpcServer({ reflection: true });
    const question = reflect(server.port, { list_services: '' }, new Metadata());
    expect((await refusalOf(question)).code).toBe(status.UNAUTHENTICATED);
  });

  it('tells the service and its file to who may read', async () => {
    const { server } = await useGrpcServer({ reflection: true });
    const listed = await reflect(server.port, { list_services: '' }, toMetadata('viewer-token'));
    expect(listed.list_services_response?.service.map(({ name }) => name)).toContain(
      'migration.MigrationService',
    );
    const described = await reflect(
      server.port,
      { file_containing_symbol: 'migration.MigrationService.StreamMigrate' },
      toMetadata('viewer-token'),
    );
    const [file] = described.file_descriptor_response?.file_descriptor_proto ?? [];
    expect(file?.toString('latin1')).toContain('IsMigrationAppliedRequest');
  });
});
