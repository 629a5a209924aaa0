import { expect, test } from 'vitest';
import { readReference } from '../../../src/domain/oci-reference.ts';

const D = 'a'.repeat(64);
const remote = (host: string, repository: string) => ({ kind: 'remote', host, repository, plainHttp: false });

test.each([
  ['oci://reg.example/a/b:1.0', remote('reg.example', 'a/b'), { tag: '1.0' }],
  ['docker://reg.example/a/b:1.0', remote('reg.example', 'a/b'), { tag: '1.0' }],
  [`oci://reg.example:5000/a@sha256:${D}`, remote('reg.example:5000', 'a'), { digest: D }],
  [`reg.example/a:tag@sha256:${D}`, remote('reg.example', 'a'), { digest: D }],
  ['localhost:5000/a:tag', remote('localhost:5000', 'a'), { tag: 'tag' }],
  ['[::1]:5000/a:tag', remote('[::1]:5000', 'a'), { tag: 'tag' }],
  ['oci:../registry:line-1.0', { kind: 'layout', folder: '../registry' }, { tag: 'line-1.0' }],
  [`oci:/r/x@sha256:${D}`, { kind: 'layout', folder: '/r/x' }, { digest: D }],
])('%s names a manifest', (text, place, name) => {
  expect(readReference(text, false)).toEqual({ kind: 'reference', reference: { place, name } });
});

test.each(['out/adapter', './reg.example/a:tag', '/abs/x:tag', 'folder:tag', 'reg.example/a', 'a/b:tag'])(
  '%s is no reference, and so a folder',
  (text) => {
    expect(readReference(text, false)).toEqual({ kind: 'other' });
  },
);

test.each([
  ['oci://reg.example/a', 'neither a tag nor a digest'],
  ['oci://reg.example:5000/a', 'neither a tag nor a digest'],
  ['oci://reg.example/A:tag', 'no registry can have'],
  ['oci://user@reg.example/a:tag', 'names no host'],
  ['oci:folder', 'neither a tag nor a digest'],
  ['oci://reg.example/../a:tag', 'no registry can have'],
])('%s is wrong', (text, why) => {
  expect(readReference(text, false)).toEqual({ kind: 'wrong', why: expect.stringContaining(why) as string });
});
