import {
  isForeignArray,
  isForeignNumber,
  isForeignObject,
  type ForeignJson,
} from '../../base/foreign-json.ts';

/** One spelling of a tree for digests: keys sorted by code unit, no white space, numbers as they were written. */
export function canonicalForeign(json: ForeignJson): string {
  if (json === null || typeof json !== 'object') return JSON.stringify(json);
  if (isForeignNumber(json)) return json.number;
  if (isForeignArray(json)) return `[${json.map(canonicalForeign).join(',')}]`;
  if (!isForeignObject(json)) return 'null';
  const members = [...json].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${canonicalForeign(value)}`).join(',')}}`;
}
