//go:build wasmtimepool

package main

// Wasmtime's pooling allocator, which its Go package does not offer: with -tags wasmtimepool, and its headers in CGO_CFLAGS.

/*
#include <stdlib.h>
#include <wasmtime.h>

typedef struct { wasm_engine_t *engine; wasmtime_instance_pre_t *pre; } pool;
typedef struct { wasmtime_store_t *store; wasmtime_instance_t in; } instance;

static wasmtime_error_t *pool_new(const uint8_t *code, size_t n, uint32_t count, pool *p) {
	wasm_config_t *config = wasm_config_new();
	wasmtime_pooling_allocation_config_t *pc = wasmtime_pooling_allocation_config_new();
	wasmtime_pooling_allocation_config_total_core_instances_set(pc, count);
	wasmtime_pooling_allocation_config_total_memories_set(pc, count);
	wasmtime_pooling_allocation_config_total_tables_set(pc, count);
	wasmtime_pooling_allocation_config_max_unused_warm_slots_set(pc, count);
	wasmtime_pooling_allocation_strategy_set(config, pc);
	p->engine = wasm_engine_new_with_config(config);
	wasmtime_module_t *module;
	wasmtime_error_t *e = wasmtime_module_new(p->engine, code, n, &module);
	if (e) return e;
	wasmtime_linker_t *linker = wasmtime_linker_new(p->engine);
	return wasmtime_linker_instantiate_pre(linker, module, &p->pre);
}

static instance *pool_get(pool *p) {
	instance *i = malloc(sizeof *i);
	wasm_trap_t *trap = NULL;
	i->store = wasmtime_store_new(p->engine, NULL, NULL);
	if (wasmtime_instance_pre_instantiate(p->pre, wasmtime_store_context(i->store), &i->in, &trap) || trap) return NULL;
	return i;
}

static int pool_call(instance *i, const char *name, size_t length, int32_t *arg, size_t args) {
	wasmtime_context_t *c = wasmtime_store_context(i->store);
	wasmtime_extern_t f;
	if (!wasmtime_instance_export_get(c, &i->in, name, length, &f)) return 1;
	wasmtime_val_t v = { .kind = WASMTIME_I32, .of.i32 = *arg }, out;
	wasm_trap_t *trap = NULL;
	if (wasmtime_func_call(c, &f.of.func, &v, args, &out, args, &trap) || trap) return 1;
	if (args) *arg = out.of.i32;
	return 0;
}

static void pool_end(instance *i) { wasmtime_store_delete(i->store); free(i); }
*/
import "C"

import (
	"errors"
	"unsafe"
)

func init() {
	requestEngines["wasmtime-pool"] = func(module []byte) (requests, error) {
		var p C.pool
		if C.pool_new((*C.uint8_t)(&module[0]), C.size_t(len(module)), liveInstances+1, &p) != nil {
			return requests{}, errors.New("wasmtime: no pool")
		}
		return measureRequests(
			func() (*C.instance, error) {
				i := C.pool_get(&p)
				if i == nil {
					return nil, errors.New("wasmtime: no instance")
				}
				return i, nil
			},
			func(i *C.instance, name string, args ...uint64) (uint64, error) {
				var v C.int32_t
				if len(args) > 0 {
					v = C.int32_t(args[0])
				}
				if C.pool_call(i, (*C.char)(unsafe.Pointer(unsafe.StringData(name))), C.size_t(len(name)), &v, C.size_t(len(args))) != 0 {
					return 0, errors.New("wasmtime: the call failed")
				}
				return uint64(uint32(v)), nil
			},
			func(i *C.instance) { C.pool_end(i) })
	}
}
