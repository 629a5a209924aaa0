import { expect, test } from 'vitest';
import { readAddress, shownAddress } from '../../../src/domain/remote-address.ts';

test.each([
  ['https://github.com/acme/evidence.git', 'https', 'github.com', 'acme/evidence'],
  ['https://ci@git.example.org:8443/a/b/', 'https', 'git.example.org', 'a/b'],
  ['ssh://git@Example.org:2222/acme/evidence', 'ssh', 'example.org', 'acme/evidence'],
  ['git@github.com:acme/evidence.git', 'ssh', 'github.com', 'acme/evidence'],
  ['server:evidence.git', 'ssh', 'server', 'evidence'],
  ['http://127.0.0.1:8080/evidence.git', 'http', '127.0.0.1', 'evidence'],
  ['http://localhost/evidence', 'http', 'localhost', 'evidence'],
])('%s is an address', (text, kind, host, path) => {
  expect(readAddress(text)).toEqual({ ok: true, address: { kind, text, host, path } });
});

test.each([
  ['/srv/evidence.git', '/srv/evidence.git'],
  ['../evidence.git', '../evidence.git'],
  ['./a:b', './a:b'],
  ['file:///srv/my%20evidence.git', '/srv/my evidence.git'],
  ['file://localhost/srv/100%.git', '/srv/100%.git'],
  ['C:\\evidence', 'C:\\evidence'],
])('%s is a folder of this machine', (text, path) => {
  expect(readAddress(text)).toEqual({ ok: true, address: { kind: 'file', text, path } });
});

test.each([
  ['', 'is empty'],
  ['x'.repeat(2001), 'longer'],
  ['https://example.org/a\nb', 'control characters'],
  ['--upload-pack=touch /tmp/x', 'taken for an option'],
  ['-oProxyCommand=x:y', 'taken for an option'],
  ['ext::sh -c touch% /tmp/x', 'helper program'],
  ['transport::https://example.org/a', 'helper program'],
  ['ssh://-oProxyCommand=x/a', 'names no host'],
  ['ssh://-x@example.org/a', 'names no host'],
  ['-x@example.org:a', 'taken for an option'],
  ['git@-oProxyCommand=x:a', 'taken for an option by ssh'],
  ['git@example.org:-x', 'taken for an option by ssh'],
  ['git://example.org/a', 'begins with git://'],
  ['ftp://example.org/a', 'begins with ftp://'],
  ['ssh+git://example.org/a', 'begins with ssh+git://'],
  ['http://example.org/a', 'anybody on the way'],
  ['http://127.0.0.1.example.org/a', 'anybody on the way'],
  ['https:///a', 'names no host'],
  ['https://example.org', 'names no repository'],
  ['https://example.org/.git', 'names no repository'],
  ['file://server/share', 'no file on this machine'],
])('%s is refused', (text, why) => {
  const read = readAddress(text);
  expect(read).toMatchObject({ ok: false, why: expect.stringContaining(why) as string });
});

test.each([
  ['https://ana:s3cret@example.org/a?token=1', 'https://…@example.org/a'],
  ['https://ghp_abc@github.com/a', 'https://…@github.com/a'],
  ['https://ana:a/b@c@example.org/a', 'https://…@example.org/a'],
  ['ssh://git@example.org/a', 'ssh://git@example.org/a'],
  ['ssh://git:x@example.org/a', 'ssh://…@example.org/a'],
  ['git@example.org:a', 'git@example.org:a'],
  ['file:///srv/a#b', 'file:///srv/a#b'],
])('%s is shown without what could be a secret', (text, shown) => {
  expect(shownAddress(text)).toBe(shown);
});
