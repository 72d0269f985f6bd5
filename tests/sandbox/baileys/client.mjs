// Baileys as a linked device, driven by JSON lines like linked_client.py: commands on stdin, answers and events on stdout.
// Arguments: address of the direct listener, hex of the root key, folder for its keys. TLS trust comes by NODE_EXTRA_CA_CERTS.
import makeWASocket, { DisconnectReason, WA_CERT_DETAILS, useMultiFileAuthState } from '@whiskeysockets/baileys'
import pino from 'pino'
import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'

const [address, rootKey, folder] = process.argv.slice(2)
WA_CERT_DETAILS.PUBLIC_KEY = Buffer.from(rootKey, 'hex')

const say = line => process.stdout.write(JSON.stringify(line) + '\n')
const { state, saveCreds } = await useMultiFileAuthState(folder)
const sent = new Map() // for phones that ask for a message again
let socket

function connect() {
  socket = makeWASocket({
    waWebSocketUrl: address,
    auth: state,
    logger: pino({ level: process.env.DRIVER_DEBUG ? 'trace' : 'silent' }, pino.destination(2)),
    version: [2, 3000, 1023223821],
    getMessage: async key => sent.get(key.id),
  })
  socket.ev.on('creds.update', saveCreds)
  socket.ev.on('connection.update', onConnection)
  socket.ev.on('messages.upsert', ({ messages, type }) => messages.forEach(message => onMessage(message, type)))
  socket.ev.on('messages.update', updates => updates.forEach(({ key, update }) => {
    if (update.status) say({ event: 'status', id: key.id, status: update.status })
  }))
}

function onConnection({ qr, connection, lastDisconnect }) {
  const code = lastDisconnect?.error?.output?.statusCode
  if (qr) say({ event: 'qr', qr })
  if (connection) say({ event: connection, code: code ?? null })
  const passing = [DisconnectReason.restartRequired, DisconnectReason.connectionClosed, DisconnectReason.connectionLost]
  if (connection === 'close' && passing.includes(code)) connect()
}

function onMessage({ key, message }, type) {
  const text = message?.conversation ?? message?.extendedTextMessage?.text ?? ''
  say({ event: 'message', id: key.id, text, chat: key.remoteJid, own: key.fromMe, live: type === 'notify' })
}

const commands = {
  connect: async () => connect(),
  pair_phone: ({ phone }) => socket.requestPairingCode(phone),
  send: async ({ to, text }) => {
    const messageId = randomBytes(10).toString('hex').toUpperCase()
    sent.set(messageId, { extendedTextMessage: { text } })
    return (await socket.sendMessage(to, { text }, { messageId })).key.id
  },
  send_any: async ({ to, content, file }) => {
    if (file) content[file.kind] = Buffer.from(file.data, 'base64')
    const options = { messageId: randomBytes(10).toString('hex').toUpperCase() }
    return (await socket.sendMessage(to, content, options)).key
  },
  exists: async ({ phone }) => (await socket.onWhatsApp(phone)).some(found => found.exists),
  group: async ({ to }) => (await socket.groupMetadata(to)).subject,
}

createInterface({ input: process.stdin }).on('line', async line => {
  const { n, do: name, ...given } = JSON.parse(line)
  try {
    say({ answer: n, result: (await commands[name](given)) ?? null })
  } catch (error) {
    say({ answer: n, error: String(error) })
  }
})
