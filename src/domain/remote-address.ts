/** Where another copy of a repository is: an address of git's, looked at before git sees it. */
export type RemoteAddress =
  | {
      readonly kind: 'https' | 'http';
      readonly text: string;
      readonly host: string;
      /** Without slashes at its ends and without `.git`. */
      readonly path: string;
    }
  | { readonly kind: 'ssh'; readonly text: string; readonly host: string; readonly path: string }
  /** On this machine. `path` may be relative. */
  | { readonly kind: 'file'; readonly text: string; readonly path: string };

export type ReadAddress =
  | { readonly ok: true; readonly address: RemoteAddress }
  /** A sentence that goes on from "the address". */
  | { readonly ok: false; readonly why: string };

const MAX_LENGTH = 2000;
const HELPER = /^[A-Za-z0-9][A-Za-z0-9+.-]*::/;
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//;
const HOST = /^(?!-)[A-Za-z0-9._%-]+$|^\[[0-9A-Fa-f:.%]+\]$/;
/** `user@host:path`, as scp spells it: no slash before the colon. */
const SCP = /^(?:([^/:@]+)@)?(\[[^\]/]+\]|[^/:@[]+):(.+)$/;
const DRIVE = /^[A-Za-z]:[\\/]/;

/**
 * Reads an address. What makes git start another program (`ext::`, a word that looks like an option) is refused, and what
 * anybody on the way could read and change (`http`, `git`) too, except to this machine itself.
 */
export function readAddress(text: string): ReadAddress {
  const no = (why: string): ReadAddress => ({ ok: false, why });
  if (text === '') return no('is empty');
  if (text.length > MAX_LENGTH) return no(`is longer than ${MAX_LENGTH} characters`);
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(text)) return no('holds control characters');
  if (text.startsWith('-')) return no('begins with a dash and would be taken for an option');
  if (HELPER.test(text)) return no('names a helper program, and none is started from here');
  const [, scheme] = SCHEME.exec(text) ?? [];
  if (scheme !== undefined) return withScheme(scheme.toLowerCase(), text);
  const [, user, host = '', path = ''] = DRIVE.test(text) ? [] : (SCP.exec(text) ?? []);
  if (host === '') return { ok: true, address: { kind: 'file', text, path: text } };
  if (!HOST.test(host) || user?.startsWith('-') === true || path.startsWith('-'))
    return no('would be taken for an option by ssh');
  return { ok: true, address: { kind: 'ssh', text, host: host.toLowerCase(), path: plainPath(path) } };
}

function withScheme(scheme: string, text: string): ReadAddress {
  const no = (why: string): ReadAddress => ({ ok: false, why });
  if (scheme === 'file') {
    const [, host = '', path = ''] = /^file:\/\/([^/]*)(\/.*)$/i.exec(text) ?? [];
    if (path === '' || (host !== '' && host !== 'localhost')) return no('is no file on this machine');
    return { ok: true, address: { kind: 'file', text, path: decoded(path) } };
  }
  if (scheme !== 'https' && scheme !== 'http' && scheme !== 'ssh')
    return no(`begins with ${scheme}:// – only https, ssh and files are used`);
  const [, user = '', host = '', path = ''] =
    /^[^:]+:\/\/(?:([^/@]*)@)?(\[[^\]/]*\]|[^/:@]*)(?::\d{1,5})?(?:\/(.*))?$/.exec(text) ?? [];
  if (!HOST.test(host) || user.startsWith('-')) return no('names no host');
  if (plainPath(path) === '') return no('names no repository');
  if (scheme === 'http' && !isThisMachine(host))
    return no('begins with http://, which anybody on the way can read and change: use https or ssh');
  return { ok: true, address: { kind: scheme, text, host: host.toLowerCase(), path: plainPath(path) } };
}

/** An address as it may be shown and recorded: whatever could be a password or a token in it is left out. */
export function shownAddress(text: string): string {
  const [, scheme = '', user = '', rest = ''] =
    /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)(?:(.*)@)?(.*)$/s.exec(text) ?? [];
  if (scheme === '') return text;
  const who = user === '' ? '' : /^ssh:/i.test(scheme) && !user.includes(':') ? `${user}@` : '…@';
  return `${scheme}${who}${/^file:/i.test(scheme) ? rest : rest.replace(/[?#].*$/s, '')}`;
}

/** A place somebody typed that is none, without what may be a password in it. */
export function shownSource(text: string): string {
  return text.replace(/\/\/[^/\s]*@/g, '//…@');
}

export function isThisMachine(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(host);
}

function plainPath(path: string): string {
  return path
    .replace(/[?#].*$/, '')
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/, '');
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
