// The topics of the greeting: the interface's words, and the English question that is asked.
import type { Key } from './texts.ts'

export const TOPICS: readonly (readonly [Key, string])[] = [
  ['topic_overview', 'What is CAR-T cell therapy for lupus?'],
  ['topic_eligibility', 'Who can have CAR-T for lupus?'],
  ['topic_cost', 'How much does CAR-T cost?'],
  ['topic_risks', 'What are the risks and side effects?'],
  ['topic_recovery', 'How long are the hospital stay and recovery?'],
  ['topic_travel', 'How do I travel for treatment?'],
  ['topic_china', 'What should I know about CAR-T for lupus in China?'],
  ['topic_trials', 'How do I find a clinical trial?'],
]
