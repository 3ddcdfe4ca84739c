import {expect, it} from 'vitest'
import {hubPlace} from '../../src/hub/place.ts'

const place = (env: NodeJS.ProcessEnv, url?: string) => hubPlace({file: '/state/hub.db', url, env})

it('is the file of this user without any word', () => {
  expect(place({})).toEqual({kind: 'file', file: '/state/hub.db'})
  expect(place({CLAMBAKE_DATABASE_URL: '', CLAMBAKE_DB_HOST: ''})).toMatchObject({kind: 'file'})
})

it('is the database that a variable names, before the configured one', () => {
  const configured = 'postgres://team@db.example.com/work?sslmode=verify-full'
  expect(place({}, configured)).toMatchObject({
    url: 'postgres://team@db.example.com/work?sslmode=verify-full&uselibpqcompat=true',
    name: 'db.example.com/work',
  })
  expect(place({CLAMBAKE_DATABASE_URL: 'postgresql://me:secret@localhost:5432/mine'}, configured)).toMatchObject({
    url: 'postgresql://me:secret@localhost:5432/mine?uselibpqcompat=true',
    name: 'localhost:5432/mine',
  })
})

it('takes the password of a configured address from its variable', () => {
  expect(place({CLAMBAKE_DB_PASS: 'p@ss/word'}, 'postgres://team@db.example.com/work')).toMatchObject({
    url: 'postgres://team:p%40ss%2Fword@db.example.com/work?uselibpqcompat=true',
  })
})

it('fills the parts that no variable names with those of the first protocol', () => {
  expect(place({CLAMBAKE_DB_HOST: '10.1.2.3', CLAMBAKE_DB_PASS: 'a b'})).toMatchObject({
    url: 'postgres://postgres:a%20b@10.1.2.3:5433/docdb?uselibpqcompat=true',
    name: '10.1.2.3:5433/docdb',
  })
})

it('refuses what is no address of a Postgres', () => {
  for (const url of ['mysql://localhost/x', 'localhost:5432', 'postgres']) {
    expect(() => place({CLAMBAKE_DATABASE_URL: url})).toThrow(expect.objectContaining({code: 'bad-hub-url'}))
  }
})
