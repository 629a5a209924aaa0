/** A map that lets go of what was not asked for lately. Nothing may depend on whether it is still there. */
export class Recent<T> {
  private readonly most: number;
  private young = new Map<string, T>();
  private old = new Map<string, T>();

  /** @param most it holds at least so many of the newest, and at most twice as many. */
  constructor(most: number) {
    this.most = most;
  }

  get(key: string): T | undefined {
    const found = this.young.get(key);
    if (found !== undefined) return found;
    const kept = this.old.get(key);
    if (kept !== undefined) this.set(key, kept);
    return kept;
  }

  set(key: string, value: T): T {
    if (this.young.size >= this.most) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
    return value;
  }
}
