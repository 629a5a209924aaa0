/** Something that is measured. */
export interface Bench {
  readonly about: string;
  /** What its size is called on the command line, and how large it is where nobody says; null where it has none. */
  readonly size: { readonly option: string; readonly usual: number } | null;
  run(order: Order): Promise<Measurements>;
}

export interface Order {
  readonly size: number;
  /** How often each contender runs. */
  readonly rounds: number;
  /** Where what is generated is kept for the next time. */
  readonly kept: string;
  readonly say: (text: string) => void;
}

/** Seconds are `<contender>_s`, and `<contender>_ratio` is what they are to those of the first. */
export type Measurements = Readonly<Record<string, number>>;
