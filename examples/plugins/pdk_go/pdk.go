package main

// What a guest in Go does with the environment, in the order of calls in which Extism's PDK for Go makes them. The
// order matters: the PDK defers freeing a handle that it has handed over until its function returns, when the answer
// has been read, and it never frees what it logs, outputs or sets.

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// memory is a block of the kernel's.
type memory struct {
	offset, length uint64
}

func allocate(data string) memory {
	block := memory{envAlloc(uint64(len(data))), uint64(len(data))}
	at := 0
	for ; at+8 <= len(data); at += 8 {
		envStoreU64(block.offset+uint64(at), binary.LittleEndian.Uint64([]byte(data[at:at+8])))
	}
	for ; at < len(data); at++ {
		envStoreU8(block.offset+uint64(at), uint32(data[at]))
	}
	return block
}

func (block memory) free() { envFree(block.offset) }

func (block memory) text() string {
	bytes := make([]byte, block.length)
	at := 0
	for ; at+8 <= len(bytes); at += 8 {
		binary.LittleEndian.PutUint64(bytes[at:], envLoadU64(block.offset+uint64(at)))
	}
	for ; at < len(bytes); at++ {
		bytes[at] = byte(envLoadU8(block.offset + uint64(at)))
	}
	return string(bytes)
}

func input() string {
	bytes := make([]byte, envInputLength())
	at := 0
	for ; at+8 <= len(bytes); at += 8 {
		binary.LittleEndian.PutUint64(bytes[at:], envInputLoadU64(uint64(at)))
	}
	for ; at < len(bytes); at++ {
		bytes[at] = byte(envInputLoadU8(uint64(at)))
	}
	return string(bytes)
}

func output(block memory) { envOutputSet(block.offset, block.length) }

func setError(text string) { envErrorSet(allocate(text).offset) }

// look asks for a key's value; its handle is freed when the value has been copied.
func look(get func(uint64) uint64, key string) (string, bool) {
	block := allocate(key)
	defer block.free()

	offset := get(block.offset)
	length := envLength(offset)
	if offset == 0 || length == 0 {
		return "", false
	}
	return memory{offset, length}.text(), true
}

func config(key string) (string, bool) { return look(envConfigGet, key) }

func variable(key string) (string, bool) { return look(envVarGet, key) }

func setVariable(key, value string) {
	block := allocate(key)
	envVarSet(block.offset, allocate(value).offset)
}

func removeVariable(key string) { envVarSet(allocate(key).offset, 0) }

type level int32

const (
	debug level = iota + 1
	info
	warn
	failure
)

func log(at level, text string) {
	block := allocate(text)
	if at < level(envGetLogLevel()) {
		return
	}
	switch at {
	case debug:
		envLogDebug(block.offset)
	case info:
		envLogInfo(block.offset)
	case warn:
		envLogWarn(block.offset)
	case failure:
		envLogError(block.offset)
	}
}

type response struct {
	body    memory
	status  int
	headers string
}

// send makes a request; its handles are freed when the answer's headers have been read.
func send(method, url, visitor, body string) response {
	meta := `{"url":` + strconv.Quote(url) + `,"method":"` + method + `","headers":{"x-visitor":"` + visitor + `"}}`
	request := allocate(meta)
	defer request.free()
	var handle uint64
	if len(body) > 0 {
		data := allocate(body)
		defer data.free()
		handle = data.offset
	}

	offset := envHTTPRequest(request.offset, handle)
	length := envLengthUnsafe(offset)
	status := int(envHTTPStatusCode())

	headers := ""
	if at := envHTTPHeaders(); at != 0 {
		block := memory{at, envLengthUnsafe(at)}
		defer block.free()
		headers = block.text()
	}
	return response{memory{offset, length}, status, headers}
}

// header is the value of a header in the JSON object of all; its values hold no quotes here.
func (answer response) header(name string) string {
	_, rest, found := strings.Cut(answer.headers, `"`+name+`":"`)
	if !found {
		return "none"
	}
	value, _, _ := strings.Cut(rest, `"`)
	return value
}
