package dwarf

import "strconv"

// Attr names an attribute of an entry (DWARF 5, 7.5.4).
type Attr uint16

const (
	AttrSibling                            Attr = 0x01
	AttrLocation                           Attr = 0x02
	AttrName                               Attr = 0x03
	AttrOrdering                           Attr = 0x09
	AttrByteSize                           Attr = 0x0b
	AttrBitOffset                          Attr = 0x0c
	AttrBitSize                            Attr = 0x0d
	AttrStmtList                           Attr = 0x10
	AttrLowPC                              Attr = 0x11
	AttrHighPC                             Attr = 0x12
	AttrLanguage                           Attr = 0x13
	AttrDiscr                              Attr = 0x15
	AttrDiscrValue                         Attr = 0x16
	AttrVisibility                         Attr = 0x17
	AttrImport                             Attr = 0x18
	AttrStringLength                       Attr = 0x19
	AttrCommonReference                    Attr = 0x1a
	AttrCompDir                            Attr = 0x1b
	AttrConstValue                         Attr = 0x1c
	AttrContainingType                     Attr = 0x1d
	AttrDefaultValue                       Attr = 0x1e
	AttrInline                             Attr = 0x20
	AttrIsOptional                         Attr = 0x21
	AttrLowerBound                         Attr = 0x22
	AttrProducer                           Attr = 0x25
	AttrPrototyped                         Attr = 0x27
	AttrReturnAddr                         Attr = 0x2a
	AttrStartScope                         Attr = 0x2c
	AttrBitStride                          Attr = 0x2e
	AttrUpperBound                         Attr = 0x2f
	AttrAbstractOrigin                     Attr = 0x31
	AttrAccessibility                      Attr = 0x32
	AttrAddressClass                       Attr = 0x33
	AttrArtificial                         Attr = 0x34
	AttrBaseTypes                          Attr = 0x35
	AttrCallingConvention                  Attr = 0x36
	AttrCount                              Attr = 0x37
	AttrDataMemberLocation                 Attr = 0x38
	AttrDeclColumn                         Attr = 0x39
	AttrDeclFile                           Attr = 0x3a
	AttrDeclLine                           Attr = 0x3b
	AttrDeclaration                        Attr = 0x3c
	AttrDiscrList                          Attr = 0x3d
	AttrEncoding                           Attr = 0x3e
	AttrExternal                           Attr = 0x3f
	AttrFrameBase                          Attr = 0x40
	AttrFriend                             Attr = 0x41
	AttrIdentifierCase                     Attr = 0x42
	AttrMacroInfo                          Attr = 0x43
	AttrNamelistItem                       Attr = 0x44
	AttrPriority                           Attr = 0x45
	AttrSegment                            Attr = 0x46
	AttrSpecification                      Attr = 0x47
	AttrStaticLink                         Attr = 0x48
	AttrType                               Attr = 0x49
	AttrUseLocation                        Attr = 0x4a
	AttrVariableParameter                  Attr = 0x4b
	AttrVirtuality                         Attr = 0x4c
	AttrVtableElemLocation                 Attr = 0x4d
	AttrAllocated                          Attr = 0x4e
	AttrAssociated                         Attr = 0x4f
	AttrDataLocation                       Attr = 0x50
	AttrByteStride                         Attr = 0x51
	AttrEntryPC                            Attr = 0x52
	AttrUseUTF8                            Attr = 0x53
	AttrExtension                          Attr = 0x54
	AttrRanges                             Attr = 0x55
	AttrTrampoline                         Attr = 0x56
	AttrCallColumn                         Attr = 0x57
	AttrCallFile                           Attr = 0x58
	AttrCallLine                           Attr = 0x59
	AttrDescription                        Attr = 0x5a
	AttrBinaryScale                        Attr = 0x5b
	AttrDecimalScale                       Attr = 0x5c
	AttrSmall                              Attr = 0x5d
	AttrDecimalSign                        Attr = 0x5e
	AttrDigitCount                         Attr = 0x5f
	AttrPictureString                      Attr = 0x60
	AttrMutable                            Attr = 0x61
	AttrThreadsScaled                      Attr = 0x62
	AttrExplicit                           Attr = 0x63
	AttrObjectPointer                      Attr = 0x64
	AttrEndianity                          Attr = 0x65
	AttrElemental                          Attr = 0x66
	AttrPure                               Attr = 0x67
	AttrRecursive                          Attr = 0x68
	AttrSignature                          Attr = 0x69
	AttrMainSubprogram                     Attr = 0x6a
	AttrDataBitOffset                      Attr = 0x6b
	AttrConstExpr                          Attr = 0x6c
	AttrEnumClass                          Attr = 0x6d
	AttrLinkageName                        Attr = 0x6e
	AttrStringLengthBitSize                Attr = 0x6f
	AttrStringLengthByteSize               Attr = 0x70
	AttrRank                               Attr = 0x71
	AttrStrOffsetsBase                     Attr = 0x72
	AttrAddrBase                           Attr = 0x73
	AttrRnglistsBase                       Attr = 0x74
	AttrDWOID                              Attr = 0x75
	AttrDWOName                            Attr = 0x76
	AttrReference                          Attr = 0x77
	AttrRvalueReference                    Attr = 0x78
	AttrMacros                             Attr = 0x79
	AttrCallAllCalls                       Attr = 0x7a
	AttrCallAllSourceCalls                 Attr = 0x7b
	AttrCallAllTailCalls                   Attr = 0x7c
	AttrCallReturnPC                       Attr = 0x7d
	AttrCallValue                          Attr = 0x7e
	AttrCallOrigin                         Attr = 0x7f
	AttrCallParameter                      Attr = 0x80
	AttrCallPC                             Attr = 0x81
	AttrCallTailCall                       Attr = 0x82
	AttrCallTarget                         Attr = 0x83
	AttrCallTargetClobbered                Attr = 0x84
	AttrCallDataLocation                   Attr = 0x85
	AttrCallDataValue                      Attr = 0x86
	AttrNoreturn                           Attr = 0x87
	AttrAlignment                          Attr = 0x88
	AttrExportSymbols                      Attr = 0x89
	AttrDeleted                            Attr = 0x8a
	AttrDefaulted                          Attr = 0x8b
	AttrLoclistsBase                       Attr = 0x8c
	AttrLanguageName                       Attr = 0x90
	AttrLanguageVersion                    Attr = 0x91
	AttrMIPSLinkageName                    Attr = 0x2007
	AttrSfNames                            Attr = 0x2101
	AttrSrcInfo                            Attr = 0x2102
	AttrMacInfo                            Attr = 0x2103
	AttrSrcCoords                          Attr = 0x2104
	AttrBodyBegin                          Attr = 0x2105
	AttrBodyEnd                            Attr = 0x2106
	AttrGNUVector                          Attr = 0x2107
	AttrGNUOdrSignature                    Attr = 0x210f
	AttrGNUTemplateName                    Attr = 0x2110
	AttrGNUCallSiteValue                   Attr = 0x2111
	AttrGNUCallSiteDataValue               Attr = 0x2112
	AttrGNUCallSiteTarget                  Attr = 0x2113
	AttrGNUCallSiteTargetClobbered         Attr = 0x2114
	AttrGNUTailCall                        Attr = 0x2115
	AttrGNUAllTailCallSites                Attr = 0x2116
	AttrGNUAllCallSites                    Attr = 0x2117
	AttrGNUAllSourceCallSites              Attr = 0x2118
	AttrGNUMacros                          Attr = 0x2119
	AttrGNUDeleted                         Attr = 0x211a
	AttrGNUDWOName                         Attr = 0x2130
	AttrGNUDWOID                           Attr = 0x2131
	AttrGNURangesBase                      Attr = 0x2132
	AttrGNUAddrBase                        Attr = 0x2133
	AttrGNUPubnames                        Attr = 0x2134
	AttrGNUPubtypes                        Attr = 0x2135
	AttrGNUDiscriminator                   Attr = 0x2136
	AttrGNULocviews                        Attr = 0x2137
	AttrGNUEntryView                       Attr = 0x2138
	AttrUseGNATDescriptiveType             Attr = 0x2301
	AttrGNATDescriptiveType                Attr = 0x2302
	AttrGNUNumerator                       Attr = 0x2303
	AttrGNUDenominator                     Attr = 0x2304
	AttrGNUBias                            Attr = 0x2305
	AttrGOKind                             Attr = 0x2900
	AttrGOKey                              Attr = 0x2901
	AttrGOElem                             Attr = 0x2902
	AttrGOEmbeddedField                    Attr = 0x2903
	AttrGORuntimeType                      Attr = 0x2904
	AttrLLVMIncludePath                    Attr = 0x3e00
	AttrLLVMConfigMacros                   Attr = 0x3e01
	AttrLLVMSysroot                        Attr = 0x3e02
	AttrLLVMTagOffset                      Attr = 0x3e03
	AttrLLVMPtrauthKey                     Attr = 0x3e04
	AttrLLVMPtrauthAddressDiscriminated    Attr = 0x3e05
	AttrLLVMPtrauthExtraDiscriminator      Attr = 0x3e06
	AttrLLVMApinotes                       Attr = 0x3e07
	AttrLLVMPtrauthISAPointer              Attr = 0x3e08
	AttrLLVMPtrauthAuthenticatesNullValues Attr = 0x3e09
	AttrLLVMPtrauthAuthenticationMode      Attr = 0x3e0a
	AttrLLVMNumExtraInhabitants            Attr = 0x3e0b
	AttrLLVMStmtSequence                   Attr = 0x3e0c
	AttrLLVMCoroSuspendIdx                 Attr = 0x3e0d
	AttrLLVMAllocType                      Attr = 0x3e0e
	AttrLLVMMemorySpace                    Attr = 0x3e0f
	AttrLLVMAddressSpace                   Attr = 0x3e10
	AttrLLVMLanes                          Attr = 0x3e11
	AttrLLVMLanePC                         Attr = 0x3e12
	AttrLLVMVectorSize                     Attr = 0x3e13
	AttrAPPLEOptimized                     Attr = 0x3fe1
	AttrAPPLEFlags                         Attr = 0x3fe2
	AttrAPPLEISA                           Attr = 0x3fe3
	AttrAPPLEBlock                         Attr = 0x3fe4
	AttrAPPLEMajorRuntimeVers              Attr = 0x3fe5
	AttrAPPLERuntimeClass                  Attr = 0x3fe6
	AttrAPPLEOmitFramePtr                  Attr = 0x3fe7
	AttrAPPLEPropertyName                  Attr = 0x3fe8
	AttrAPPLEPropertyGetter                Attr = 0x3fe9
	AttrAPPLEPropertySetter                Attr = 0x3fea
	AttrAPPLEPropertyAttribute             Attr = 0x3feb
	AttrAPPLEObjcCompleteType              Attr = 0x3fec
	AttrAPPLEProperty                      Attr = 0x3fed
	AttrAPPLEObjcDirect                    Attr = 0x3fee
	AttrAPPLESDK                           Attr = 0x3fef
	AttrAPPLEOrigin                        Attr = 0x3ff0
	AttrAPPLEEnumKind                      Attr = 0x3ff1
)

var attrNames = map[Attr]string{
	AttrSibling:                            "DW_AT_sibling",
	AttrLocation:                           "DW_AT_location",
	AttrName:                               "DW_AT_name",
	AttrOrdering:                           "DW_AT_ordering",
	AttrByteSize:                           "DW_AT_byte_size",
	AttrBitOffset:                          "DW_AT_bit_offset",
	AttrBitSize:                            "DW_AT_bit_size",
	AttrStmtList:                           "DW_AT_stmt_list",
	AttrLowPC:                              "DW_AT_low_pc",
	AttrHighPC:                             "DW_AT_high_pc",
	AttrLanguage:                           "DW_AT_language",
	AttrDiscr:                              "DW_AT_discr",
	AttrDiscrValue:                         "DW_AT_discr_value",
	AttrVisibility:                         "DW_AT_visibility",
	AttrImport:                             "DW_AT_import",
	AttrStringLength:                       "DW_AT_string_length",
	AttrCommonReference:                    "DW_AT_common_reference",
	AttrCompDir:                            "DW_AT_comp_dir",
	AttrConstValue:                         "DW_AT_const_value",
	AttrContainingType:                     "DW_AT_containing_type",
	AttrDefaultValue:                       "DW_AT_default_value",
	AttrInline:                             "DW_AT_inline",
	AttrIsOptional:                         "DW_AT_is_optional",
	AttrLowerBound:                         "DW_AT_lower_bound",
	AttrProducer:                           "DW_AT_producer",
	AttrPrototyped:                         "DW_AT_prototyped",
	AttrReturnAddr:                         "DW_AT_return_addr",
	AttrStartScope:                         "DW_AT_start_scope",
	AttrBitStride:                          "DW_AT_bit_stride",
	AttrUpperBound:                         "DW_AT_upper_bound",
	AttrAbstractOrigin:                     "DW_AT_abstract_origin",
	AttrAccessibility:                      "DW_AT_accessibility",
	AttrAddressClass:                       "DW_AT_address_class",
	AttrArtificial:                         "DW_AT_artificial",
	AttrBaseTypes:                          "DW_AT_base_types",
	AttrCallingConvention:                  "DW_AT_calling_convention",
	AttrCount:                              "DW_AT_count",
	AttrDataMemberLocation:                 "DW_AT_data_member_location",
	AttrDeclColumn:                         "DW_AT_decl_column",
	AttrDeclFile:                           "DW_AT_decl_file",
	AttrDeclLine:                           "DW_AT_decl_line",
	AttrDeclaration:                        "DW_AT_declaration",
	AttrDiscrList:                          "DW_AT_discr_list",
	AttrEncoding:                           "DW_AT_encoding",
	AttrExternal:                           "DW_AT_external",
	AttrFrameBase:                          "DW_AT_frame_base",
	AttrFriend:                             "DW_AT_friend",
	AttrIdentifierCase:                     "DW_AT_identifier_case",
	AttrMacroInfo:                          "DW_AT_macro_info",
	AttrNamelistItem:                       "DW_AT_namelist_item",
	AttrPriority:                           "DW_AT_priority",
	AttrSegment:                            "DW_AT_segment",
	AttrSpecification:                      "DW_AT_specification",
	AttrStaticLink:                         "DW_AT_static_link",
	AttrType:                               "DW_AT_type",
	AttrUseLocation:                        "DW_AT_use_location",
	AttrVariableParameter:                  "DW_AT_variable_parameter",
	AttrVirtuality:                         "DW_AT_virtuality",
	AttrVtableElemLocation:                 "DW_AT_vtable_elem_location",
	AttrAllocated:                          "DW_AT_allocated",
	AttrAssociated:                         "DW_AT_associated",
	AttrDataLocation:                       "DW_AT_data_location",
	AttrByteStride:                         "DW_AT_byte_stride",
	AttrEntryPC:                            "DW_AT_entry_pc",
	AttrUseUTF8:                            "DW_AT_use_UTF8",
	AttrExtension:                          "DW_AT_extension",
	AttrRanges:                             "DW_AT_ranges",
	AttrTrampoline:                         "DW_AT_trampoline",
	AttrCallColumn:                         "DW_AT_call_column",
	AttrCallFile:                           "DW_AT_call_file",
	AttrCallLine:                           "DW_AT_call_line",
	AttrDescription:                        "DW_AT_description",
	AttrBinaryScale:                        "DW_AT_binary_scale",
	AttrDecimalScale:                       "DW_AT_decimal_scale",
	AttrSmall:                              "DW_AT_small",
	AttrDecimalSign:                        "DW_AT_decimal_sign",
	AttrDigitCount:                         "DW_AT_digit_count",
	AttrPictureString:                      "DW_AT_picture_string",
	AttrMutable:                            "DW_AT_mutable",
	AttrThreadsScaled:                      "DW_AT_threads_scaled",
	AttrExplicit:                           "DW_AT_explicit",
	AttrObjectPointer:                      "DW_AT_object_pointer",
	AttrEndianity:                          "DW_AT_endianity",
	AttrElemental:                          "DW_AT_elemental",
	AttrPure:                               "DW_AT_pure",
	AttrRecursive:                          "DW_AT_recursive",
	AttrSignature:                          "DW_AT_signature",
	AttrMainSubprogram:                     "DW_AT_main_subprogram",
	AttrDataBitOffset:                      "DW_AT_data_bit_offset",
	AttrConstExpr:                          "DW_AT_const_expr",
	AttrEnumClass:                          "DW_AT_enum_class",
	AttrLinkageName:                        "DW_AT_linkage_name",
	AttrStringLengthBitSize:                "DW_AT_string_length_bit_size",
	AttrStringLengthByteSize:               "DW_AT_string_length_byte_size",
	AttrRank:                               "DW_AT_rank",
	AttrStrOffsetsBase:                     "DW_AT_str_offsets_base",
	AttrAddrBase:                           "DW_AT_addr_base",
	AttrRnglistsBase:                       "DW_AT_rnglists_base",
	AttrDWOID:                              "DW_AT_dwo_id",
	AttrDWOName:                            "DW_AT_dwo_name",
	AttrReference:                          "DW_AT_reference",
	AttrRvalueReference:                    "DW_AT_rvalue_reference",
	AttrMacros:                             "DW_AT_macros",
	AttrCallAllCalls:                       "DW_AT_call_all_calls",
	AttrCallAllSourceCalls:                 "DW_AT_call_all_source_calls",
	AttrCallAllTailCalls:                   "DW_AT_call_all_tail_calls",
	AttrCallReturnPC:                       "DW_AT_call_return_pc",
	AttrCallValue:                          "DW_AT_call_value",
	AttrCallOrigin:                         "DW_AT_call_origin",
	AttrCallParameter:                      "DW_AT_call_parameter",
	AttrCallPC:                             "DW_AT_call_pc",
	AttrCallTailCall:                       "DW_AT_call_tail_call",
	AttrCallTarget:                         "DW_AT_call_target",
	AttrCallTargetClobbered:                "DW_AT_call_target_clobbered",
	AttrCallDataLocation:                   "DW_AT_call_data_location",
	AttrCallDataValue:                      "DW_AT_call_data_value",
	AttrNoreturn:                           "DW_AT_noreturn",
	AttrAlignment:                          "DW_AT_alignment",
	AttrExportSymbols:                      "DW_AT_export_symbols",
	AttrDeleted:                            "DW_AT_deleted",
	AttrDefaulted:                          "DW_AT_defaulted",
	AttrLoclistsBase:                       "DW_AT_loclists_base",
	AttrLanguageName:                       "DW_AT_language_name",
	AttrLanguageVersion:                    "DW_AT_language_version",
	AttrMIPSLinkageName:                    "DW_AT_MIPS_linkage_name",
	AttrSfNames:                            "DW_AT_sf_names",
	AttrSrcInfo:                            "DW_AT_src_info",
	AttrMacInfo:                            "DW_AT_mac_info",
	AttrSrcCoords:                          "DW_AT_src_coords",
	AttrBodyBegin:                          "DW_AT_body_begin",
	AttrBodyEnd:                            "DW_AT_body_end",
	AttrGNUVector:                          "DW_AT_GNU_vector",
	AttrGNUOdrSignature:                    "DW_AT_GNU_odr_signature",
	AttrGNUTemplateName:                    "DW_AT_GNU_template_name",
	AttrGNUCallSiteValue:                   "DW_AT_GNU_call_site_value",
	AttrGNUCallSiteDataValue:               "DW_AT_GNU_call_site_data_value",
	AttrGNUCallSiteTarget:                  "DW_AT_GNU_call_site_target",
	AttrGNUCallSiteTargetClobbered:         "DW_AT_GNU_call_site_target_clobbered",
	AttrGNUTailCall:                        "DW_AT_GNU_tail_call",
	AttrGNUAllTailCallSites:                "DW_AT_GNU_all_tail_call_sites",
	AttrGNUAllCallSites:                    "DW_AT_GNU_all_call_sites",
	AttrGNUAllSourceCallSites:              "DW_AT_GNU_all_source_call_sites",
	AttrGNUMacros:                          "DW_AT_GNU_macros",
	AttrGNUDeleted:                         "DW_AT_GNU_deleted",
	AttrGNUDWOName:                         "DW_AT_GNU_dwo_name",
	AttrGNUDWOID:                           "DW_AT_GNU_dwo_id",
	AttrGNURangesBase:                      "DW_AT_GNU_ranges_base",
	AttrGNUAddrBase:                        "DW_AT_GNU_addr_base",
	AttrGNUPubnames:                        "DW_AT_GNU_pubnames",
	AttrGNUPubtypes:                        "DW_AT_GNU_pubtypes",
	AttrGNUDiscriminator:                   "DW_AT_GNU_discriminator",
	AttrGNULocviews:                        "DW_AT_GNU_locviews",
	AttrGNUEntryView:                       "DW_AT_GNU_entry_view",
	AttrUseGNATDescriptiveType:             "DW_AT_use_GNAT_descriptive_type",
	AttrGNATDescriptiveType:                "DW_AT_GNAT_descriptive_type",
	AttrGNUNumerator:                       "DW_AT_GNU_numerator",
	AttrGNUDenominator:                     "DW_AT_GNU_denominator",
	AttrGNUBias:                            "DW_AT_GNU_bias",
	AttrGOKind:                             "DW_AT_GO_kind",
	AttrGOKey:                              "DW_AT_GO_key",
	AttrGOElem:                             "DW_AT_GO_elem",
	AttrGOEmbeddedField:                    "DW_AT_GO_embedded_field",
	AttrGORuntimeType:                      "DW_AT_GO_runtime_type",
	AttrLLVMIncludePath:                    "DW_AT_LLVM_include_path",
	AttrLLVMConfigMacros:                   "DW_AT_LLVM_config_macros",
	AttrLLVMSysroot:                        "DW_AT_LLVM_sysroot",
	AttrLLVMTagOffset:                      "DW_AT_LLVM_tag_offset",
	AttrLLVMPtrauthKey:                     "DW_AT_LLVM_ptrauth_key",
	AttrLLVMPtrauthAddressDiscriminated:    "DW_AT_LLVM_ptrauth_address_discriminated",
	AttrLLVMPtrauthExtraDiscriminator:      "DW_AT_LLVM_ptrauth_extra_discriminator",
	AttrLLVMApinotes:                       "DW_AT_LLVM_apinotes",
	AttrLLVMPtrauthISAPointer:              "DW_AT_LLVM_ptrauth_isa_pointer",
	AttrLLVMPtrauthAuthenticatesNullValues: "DW_AT_LLVM_ptrauth_authenticates_null_values",
	AttrLLVMPtrauthAuthenticationMode:      "DW_AT_LLVM_ptrauth_authentication_mode",
	AttrLLVMNumExtraInhabitants:            "DW_AT_LLVM_num_extra_inhabitants",
	AttrLLVMStmtSequence:                   "DW_AT_LLVM_stmt_sequence",
	AttrLLVMCoroSuspendIdx:                 "DW_AT_LLVM_coro_suspend_idx",
	AttrLLVMAllocType:                      "DW_AT_LLVM_alloc_type",
	AttrLLVMMemorySpace:                    "DW_AT_LLVM_memory_space",
	AttrLLVMAddressSpace:                   "DW_AT_LLVM_address_space",
	AttrLLVMLanes:                          "DW_AT_LLVM_lanes",
	AttrLLVMLanePC:                         "DW_AT_LLVM_lane_pc",
	AttrLLVMVectorSize:                     "DW_AT_LLVM_vector_size",
	AttrAPPLEOptimized:                     "DW_AT_APPLE_optimized",
	AttrAPPLEFlags:                         "DW_AT_APPLE_flags",
	AttrAPPLEISA:                           "DW_AT_APPLE_isa",
	AttrAPPLEBlock:                         "DW_AT_APPLE_block",
	AttrAPPLEMajorRuntimeVers:              "DW_AT_APPLE_major_runtime_vers",
	AttrAPPLERuntimeClass:                  "DW_AT_APPLE_runtime_class",
	AttrAPPLEOmitFramePtr:                  "DW_AT_APPLE_omit_frame_ptr",
	AttrAPPLEPropertyName:                  "DW_AT_APPLE_property_name",
	AttrAPPLEPropertyGetter:                "DW_AT_APPLE_property_getter",
	AttrAPPLEPropertySetter:                "DW_AT_APPLE_property_setter",
	AttrAPPLEPropertyAttribute:             "DW_AT_APPLE_property_attribute",
	AttrAPPLEObjcCompleteType:              "DW_AT_APPLE_objc_complete_type",
	AttrAPPLEProperty:                      "DW_AT_APPLE_property",
	AttrAPPLEObjcDirect:                    "DW_AT_APPLE_objc_direct",
	AttrAPPLESDK:                           "DW_AT_APPLE_sdk",
	AttrAPPLEOrigin:                        "DW_AT_APPLE_origin",
	AttrAPPLEEnumKind:                      "DW_AT_APPLE_enum_kind",
}

// String returns the standard name, or "DW_AT_0x…" for an unknown number.
func (x Attr) String() string {
	if s, ok := attrNames[x]; ok {
		return s
	}
	return "DW_AT_0x" + strconv.FormatUint(uint64(x), 16)
}
