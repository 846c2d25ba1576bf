/** How many questions are taken up before everybody else has a turn. */
const IN_ONE_TURN = 16;

/** How many may be under way: about what a package manager asks a registry for at once. */
const UNDER_WAY = 64;

/**
 * A walk asks for hundreds of packuments in one breath. Were they all answered in one turn, from a store that
 * is quick to read, every other request would wait until the last was; and were they all passed on, one
 * resolve would make hundreds of connections to a registry. Questions are taken up in their order.
 */
export function inTurns<T>(answer: (question: T) => Promise<void>): (question: T) => void {
  const waiting: T[] = [];
  let underWay = 0;
  let isDue = false;

  const takeTurn = (): void => {
    isDue = false;
    for (const question of waiting.splice(0, Math.min(IN_ONE_TURN, UNDER_WAY - underWay))) {
      underWay += 1;
      void answer(question).finally(() => {
        underWay -= 1;
        comeBack();
      });
    }
    comeBack();
  };
  const comeBack = (): void => {
    if (isDue || waiting.length === 0 || underWay >= UNDER_WAY) return;
    isDue = true;
    setImmediate(takeTurn);
  };
  return (question) => {
    waiting.push(question);
    comeBack();
  };
}
