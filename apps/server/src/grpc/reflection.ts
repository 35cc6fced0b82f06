import { file_migration, MigrationService } from '@bfm/contract';
import { toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';

/** Lets tools such as grpcurl ask the server what it can be asked. */
export function addReflection(server: Server): void {
  const file = Buffer.from(toBinary(FileDescriptorProtoSchema, file_migration.proto));
  const format = 'Protocol Buffer 3 DescriptorProto' as const;
  const description = { format, type: {}, fileDescriptorProtos: [file] };
  new ReflectionService({ [MigrationService.typeName]: description }).addToServer(server);
}
