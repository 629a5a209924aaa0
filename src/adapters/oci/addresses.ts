import { CannotTell } from '../../base/errors.ts';
import { isLoopback } from '../../domain/registry-place.ts';

const MAX_LENGTH = 8192;

/**
 * Where an answer sends us: a redirect, an upload, a place for tokens. Only to where the person could have sent us, too – never
 * from https to http, never to this machine from elsewhere, never to anything but a server.
 * @throws CannotTell BAD_DATA.
 */
export function onward(text: string, from: URL, plainHttp: boolean): URL {
  const no = (why: string): CannotTell =>
    new CannotTell('BAD_DATA', `the registry sends us to an address that ${why}`, {
      place: { file: `${from.origin}${from.pathname}` },
    });
  if (text.length > MAX_LENGTH) throw no(`is longer than ${MAX_LENGTH} characters`);
  if (!URL.canParse(text, from.href)) throw no('is none');
  const url = new URL(text, from);
  if (url.username !== '' || url.password !== '') throw no('holds credentials');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw no('is no address of a server');
  if (isHere(url.hostname) && !isHere(from.hostname)) throw no('is this machine itself');
  if (url.protocol === 'http:') {
    if (from.protocol === 'https:') throw no('leaves https for http');
    if (!plainHttp && !isLoopback(url.hostname)) throw no('is not on this machine and is http');
  }
  url.hash = '';
  return url;
}

/** Whether a host is this machine by any of the names that need nobody to look them up, as URLs spell them. */
function isHere(host: string): boolean {
  return (
    isLoopback(host) ||
    /(?:^|\.)localhost\.?$/.test(host) ||
    /^0\.0\.0\.0$|^\[::\]$|^\[::ffff:(?:7f[0-9a-f]{2}|0):[0-9a-f]{1,4}\]$/.test(host)
  );
}
