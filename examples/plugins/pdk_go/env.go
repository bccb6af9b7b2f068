package main

// The functions of `extism:host/env` that this guest uses.

//go:wasmimport extism:host/env input_length
func envInputLength() uint64

//go:wasmimport extism:host/env input_load_u8
func envInputLoadU8(index uint64) uint32

//go:wasmimport extism:host/env input_load_u64
func envInputLoadU64(index uint64) uint64

//go:wasmimport extism:host/env alloc
func envAlloc(length uint64) uint64

//go:wasmimport extism:host/env free
func envFree(handle uint64)

//go:wasmimport extism:host/env length
func envLength(handle uint64) uint64

//go:wasmimport extism:host/env length_unsafe
func envLengthUnsafe(handle uint64) uint64

//go:wasmimport extism:host/env load_u8
func envLoadU8(offset uint64) uint32

//go:wasmimport extism:host/env load_u64
func envLoadU64(offset uint64) uint64

//go:wasmimport extism:host/env store_u8
func envStoreU8(offset uint64, value uint32)

//go:wasmimport extism:host/env store_u64
func envStoreU64(offset uint64, value uint64)

//go:wasmimport extism:host/env output_set
func envOutputSet(offset uint64, length uint64)

//go:wasmimport extism:host/env error_set
func envErrorSet(handle uint64)

//go:wasmimport extism:host/env config_get
func envConfigGet(key uint64) uint64

//go:wasmimport extism:host/env var_get
func envVarGet(key uint64) uint64

//go:wasmimport extism:host/env var_set
func envVarSet(key uint64, value uint64)

//go:wasmimport extism:host/env http_request
func envHTTPRequest(request uint64, body uint64) uint64

//go:wasmimport extism:host/env http_status_code
func envHTTPStatusCode() int32

//go:wasmimport extism:host/env http_headers
func envHTTPHeaders() uint64

//go:wasmimport extism:host/env get_log_level
func envGetLogLevel() int32

//go:wasmimport extism:host/env log_debug
func envLogDebug(handle uint64)

//go:wasmimport extism:host/env log_info
func envLogInfo(handle uint64)

//go:wasmimport extism:host/env log_warn
func envLogWarn(handle uint64)

//go:wasmimport extism:host/env log_error
func envLogError(handle uint64)
