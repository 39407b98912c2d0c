/** Who votes for which question: the truth of the counts. */
export class Voters {
  readonly #byQuestion: Map<string, Set<string>>;

  constructor(votes: Iterable<{ readonly question: string; readonly participant: string }> = []) {
    this.#byQuestion = new Map();
    for (const { question, participant } of votes) this.set({ question, participant, value: true });
  }

  count(question: string): number {
    return this.#byQuestion.get(question)?.size ?? 0;
  }

  set({
    question,
    participant,
    value,
  }: {
    readonly question: string;
    readonly participant: string;
    readonly value: boolean;
  }): void {
    const voters = this.#byQuestion.get(question) ?? new Set<string>();
    if (value) voters.add(participant);
    else voters.delete(participant);
    this.#byQuestion.set(question, voters);
  }

  /** The questions that each person votes for. */
  byParticipant(): Map<string, string[]> {
    const votes = new Map<string, string[]>();
    for (const [question, voters] of this.#byQuestion) {
      for (const participant of voters) votes.set(participant, [...(votes.get(participant) ?? []), question]);
    }
    return votes;
  }
}
