import { readFileSync } from 'node:fs';
import { uploads } from '../../../src/adapters/config/uploads.ts';
import { ociRemote } from '../../../src/adapters/oci/remote.ts';
import { CannotTell } from '../../../src/base/errors.ts';
import type { PushOrder } from '../../../src/ports/registry.ts';

/** A push in a process of its own, to be trusted with other certificates, or killed: what to push comes from its input. */
interface Task {
  readonly host: string;
  readonly repository: string;
  readonly order: PushOrder;
  readonly pieceBytes?: number;
}

const { host, repository, order, pieceBytes } = JSON.parse(readFileSync(0, 'utf8')) as Task;
const registry = ociRemote(
  { kind: 'remote', host, repository, plainHttp: false },
  {
    environment: process.env,
    uploads: uploads(process.env),
    ...(pieceBytes !== undefined && { pieceBytes }),
  },
);
try {
  const { manifest } = await registry.push(order);
  console.log((await registry.verify(manifest)).kind);
} catch (error) {
  if (!(error instanceof CannotTell)) throw error;
  console.log(error.code, error.message, ...error.facts, error.remedy ?? '');
}
