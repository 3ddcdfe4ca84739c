import * as z from 'zod'
import {sameName} from '../model/data/names.ts'
import type {GithubClient} from './client/client.ts'

/** The fields by which an issue says where it is. */
export const placeFields = {number: z.number(), repository_url: z.string().nullish()}
type Place = z.infer<z.ZodObject<typeof placeFields>>

const repositoryShape = z.object({full_name: z.string()})

/**
 * Whether an answer is the issue that was asked for. GitHub answers for a transferred one from the repository where it is now, in
 * which it may have the same number; a repository that was renamed answers from its new name, too, and is the same.
 */
export async function isHere(client: GithubClient, {number, repository_url}: Place, asked: number): Promise<boolean> {
  if (number !== asked) return false
  if (repository_url == null) return true
  const place = repository_url.split('/').slice(-2).join('/')
  if (sameName(place, client.slug)) return true
  const {full_name: name} = await client.request('GET /repos/{owner}/{repo}', {}, repositoryShape)
  return sameName(place, name)
}
