import { describe, expect, it } from 'vitest';
import { onward } from '../../../src/adapters/oci/addresses.ts';

const registry = new URL('https://registry.example.com/v2/models/');

describe('where a registry sends us', () => {
  it('may be another server, and never this machine by whatever name', () => {
    expect(onward('https://store.example.net/x', registry, false).href).toBe('https://store.example.net/x');
    for (const host of [
      ...['localhost', 'localhost.', 'a.localhost', '127.1', '2130706433', '0.0.0.0', '0'],
      ...['[::1]', '[::]', '[::ffff:127.0.0.1]', '[::ffff:0.0.0.0]'],
    ])
      expect(() => onward(`https://${host}:8443/x`, registry, false), host).toThrow('is this machine itself');
  });

  it('may be this machine where it was this machine that was asked', () => {
    const own = new URL('https://localhost:5000/v2/models/');
    expect(onward('https://127.0.0.1:5001/x', own, false).hostname).toBe('127.0.0.1');
  });
});
