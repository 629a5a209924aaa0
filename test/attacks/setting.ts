/** What surrounds a case when it is judged. Its verdict must be the same in all of them. */
export interface Setting {
  readonly format: 'sha1' | 'sha256';
  /** A bare repository is judged, made of the case's own git folder. */
  readonly bare: boolean;
  /** Configuration, keyring, programs and environment work for the attacker. */
  readonly hostile: boolean;
}

export const PLAIN: Setting = { format: 'sha1', bare: false, hostile: false };

/** Such as `sha256+bare+hostile`. */
export function settingName({ format, bare, hostile }: Setting): string {
  return [format, ...(bare ? ['bare'] : []), ...(hostile ? ['hostile'] : [])].join('+');
}

/** All of one object format, in an order in which the case as it was built is poisoned last. */
export function settingsOf(format: Setting['format']): readonly Setting[] {
  return [
    { format, bare: false, hostile: false },
    { format, bare: true, hostile: false },
    { format, bare: true, hostile: true },
    { format, bare: false, hostile: true },
  ];
}
