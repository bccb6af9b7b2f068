module pdk_go

go 1.24
