using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemScope.Migrations.Files
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "audit",
                columns: table => new
                {
                    audit_id = table.Column<Guid>(type: "uuid", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false),
                    action = table.Column<string>(type: "text", nullable: false),
                    subject = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit", x => x.audit_id);
                });

            migrationBuilder.CreateTable(
                name: "capture",
                columns: table => new
                {
                    capture_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    sha256 = table.Column<byte[]>(type: "bytea", nullable: false),
                    format = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<string>(type: "text", nullable: false),
                    file_name = table.Column<string>(type: "text", nullable: false),
                    decoded_bytes = table.Column<long>(type: "bigint", nullable: false),
                    stored_bytes = table.Column<long>(type: "bigint", nullable: false),
                    snapshots = table.Column<int>(type: "integer", nullable: false),
                    events = table.Column<int>(type: "integer", nullable: false),
                    report = table.Column<string>(type: "jsonb", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_capture", x => x.capture_id);
                });

            migrationBuilder.CreateTable(
                name: "idempotency_key",
                columns: table => new
                {
                    project = table.Column<string>(type: "text", nullable: false),
                    key_sha256 = table.Column<byte[]>(type: "bytea", nullable: false),
                    request_sha256 = table.Column<byte[]>(type: "bytea", nullable: false),
                    capture_id = table.Column<Guid>(type: "uuid", nullable: false),
                    process_ids = table.Column<Guid[]>(type: "uuid[]", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_idempotency_key", x => new { x.project, x.key_sha256 });
                });

            migrationBuilder.CreateTable(
                name: "process",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    host = table.Column<string>(type: "text", nullable: false),
                    pid = table.Column<int>(type: "integer", nullable: false),
                    exec_number = table.Column<int>(type: "integer", nullable: false),
                    boot_id = table.Column<string>(type: "text", nullable: true),
                    start_ticks = table.Column<long>(type: "bigint", nullable: true),
                    start_time = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    comm = table.Column<string>(type: "text", nullable: true),
                    command_line = table.Column<string>(type: "text", nullable: true),
                    executable = table.Column<string>(type: "text", nullable: true),
                    labels = table.Column<string>(type: "jsonb", nullable: false),
                    stack_end = table.Column<long>(type: "bigint", nullable: true),
                    vdso_start = table.Column<long>(type: "bigint", nullable: true),
                    executable_start = table.Column<long>(type: "bigint", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_process", x => x.process_id);
                });

            migrationBuilder.CreateTable(
                name: "share",
                columns: table => new
                {
                    share_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key_sha256 = table.Column<byte[]>(type: "bytea", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    title = table.Column<string>(type: "text", nullable: false),
                    view = table.Column<string>(type: "text", nullable: false),
                    document = table.Column<string>(type: "json", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    views = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_share", x => x.share_id);
                });

            migrationBuilder.CreateTable(
                name: "symbol_file",
                columns: table => new
                {
                    symbol_file_id = table.Column<Guid>(type: "uuid", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    build_id = table.Column<string>(type: "text", nullable: false),
                    sha256 = table.Column<byte[]>(type: "bytea", nullable: false),
                    file_name = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    bytes = table.Column<long>(type: "bigint", nullable: false),
                    functions = table.Column<int>(type: "integer", nullable: false),
                    has_lines = table.Column<bool>(type: "boolean", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_symbol_file", x => x.symbol_file_id);
                });

            migrationBuilder.CreateTable(
                name: "token",
                columns: table => new
                {
                    token_id = table.Column<Guid>(type: "uuid", nullable: false),
                    secret_sha256 = table.Column<byte[]>(type: "bytea", nullable: false),
                    project = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    scopes = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_token", x => x.token_id);
                });

            migrationBuilder.CreateTable(
                name: "capture_chunk",
                columns: table => new
                {
                    capture_id = table.Column<Guid>(type: "uuid", nullable: false),
                    part = table.Column<int>(type: "integer", nullable: false),
                    data = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_capture_chunk", x => new { x.capture_id, x.part });
                    table.ForeignKey(
                        name: "FK_capture_chunk_capture_capture_id",
                        column: x => x.capture_id,
                        principalTable: "capture",
                        principalColumn: "capture_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "process_state",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    next_snapshot_number = table.Column<int>(type: "integer", nullable: false),
                    change_seq = table.Column<long>(type: "bigint", nullable: false),
                    last_upload_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_process_state", x => x.process_id);
                    table.ForeignKey(
                        name: "FK_process_state_process_process_id",
                        column: x => x.process_id,
                        principalTable: "process",
                        principalColumn: "process_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "side_figures",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    side_figures_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    taken_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    time_origin = table.Column<short>(type: "smallint", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    upload_id = table.Column<Guid>(type: "uuid", nullable: false),
                    capture_id = table.Column<Guid>(type: "uuid", nullable: false),
                    series_number = table.Column<int>(type: "integer", nullable: true),
                    bytes = table.Column<string>(type: "jsonb", nullable: false),
                    counts = table.Column<string>(type: "jsonb", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_side_figures", x => new { x.process_id, x.side_figures_id });
                    table.ForeignKey(
                        name: "FK_side_figures_process_process_id",
                        column: x => x.process_id,
                        principalTable: "process",
                        principalColumn: "process_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "snapshot",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    source = table.Column<short>(type: "smallint", nullable: false),
                    taken_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    time_origin = table.Column<short>(type: "smallint", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    upload_id = table.Column<Guid>(type: "uuid", nullable: false),
                    capture_id = table.Column<Guid>(type: "uuid", nullable: false),
                    series_number = table.Column<int>(type: "integer", nullable: true),
                    vma_count = table.Column<int>(type: "integer", nullable: false),
                    virtual_bytes = table.Column<long>(type: "bigint", nullable: false),
                    rss_bytes = table.Column<long>(type: "bigint", nullable: true),
                    pss_bytes = table.Column<long>(type: "bigint", nullable: true),
                    swap_bytes = table.Column<long>(type: "bigint", nullable: true),
                    private_dirty_bytes = table.Column<long>(type: "bigint", nullable: true),
                    uss_bytes = table.Column<long>(type: "bigint", nullable: true),
                    rss_anonymous_bytes = table.Column<long>(type: "bigint", nullable: true),
                    rss_heap_bytes = table.Column<long>(type: "bigint", nullable: true),
                    rss_arena_bytes = table.Column<long>(type: "bigint", nullable: true),
                    rss_thread_stack_bytes = table.Column<long>(type: "bigint", nullable: true),
                    rss_main_stack_bytes = table.Column<long>(type: "bigint", nullable: true),
                    rss_jit_bytes = table.Column<long>(type: "bigint", nullable: true),
                    rss_huge_bytes = table.Column<long>(type: "bigint", nullable: true),
                    rss_device_bytes = table.Column<long>(type: "bigint", nullable: true),
                    rss_shared_bytes = table.Column<long>(type: "bigint", nullable: true),
                    rss_file_data_bytes = table.Column<long>(type: "bigint", nullable: true),
                    rss_file_text_bytes = table.Column<long>(type: "bigint", nullable: true),
                    rss_special_bytes = table.Column<long>(type: "bigint", nullable: true),
                    rss_reserved_bytes = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_snapshot", x => new { x.process_id, x.number });
                    table.ForeignKey(
                        name: "FK_snapshot_process_process_id",
                        column: x => x.process_id,
                        principalTable: "process",
                        principalColumn: "process_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "snapshot_block",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    source = table.Column<short>(type: "smallint", nullable: false),
                    first_number = table.Column<int>(type: "integer", nullable: false),
                    last_number = table.Column<int>(type: "integer", nullable: false),
                    snapshots = table.Column<int>(type: "integer", nullable: false),
                    vmas = table.Column<long>(type: "bigint", nullable: false),
                    from_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    to_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    codec = table.Column<short>(type: "smallint", nullable: false),
                    data = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_snapshot_block", x => new { x.process_id, x.source, x.first_number });
                    table.ForeignKey(
                        name: "FK_snapshot_block_process_process_id",
                        column: x => x.process_id,
                        principalTable: "process",
                        principalColumn: "process_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "trace",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    trace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    upload_id = table.Column<Guid>(type: "uuid", nullable: false),
                    capture_id = table.Column<Guid>(type: "uuid", nullable: false),
                    file_name = table.Column<string>(type: "text", nullable: false),
                    tool = table.Column<string>(type: "text", nullable: false),
                    clock = table.Column<short>(type: "smallint", nullable: false),
                    events = table.Column<int>(type: "integer", nullable: false),
                    callchains = table.Column<int>(type: "integer", nullable: false),
                    from_ns = table.Column<long>(type: "bigint", nullable: true),
                    to_ns = table.Column<long>(type: "bigint", nullable: true),
                    losses = table.Column<string>(type: "jsonb", nullable: false),
                    codec = table.Column<short>(type: "smallint", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_trace", x => new { x.process_id, x.trace_id });
                    table.ForeignKey(
                        name: "FK_trace_process_process_id",
                        column: x => x.process_id,
                        principalTable: "process",
                        principalColumn: "process_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "track",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    source = table.Column<short>(type: "smallint", nullable: false),
                    snapshots = table.Column<int>(type: "integer", nullable: false),
                    first_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_rss_bytes = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_track", x => new { x.process_id, x.source });
                    table.ForeignKey(
                        name: "FK_track_process_process_id",
                        column: x => x.process_id,
                        principalTable: "process",
                        principalColumn: "process_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "upload",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    upload_id = table.Column<Guid>(type: "uuid", nullable: false),
                    capture_id = table.Column<Guid>(type: "uuid", nullable: false),
                    occasion = table.Column<string>(type: "text", nullable: false),
                    position = table.Column<short>(type: "smallint", nullable: false),
                    snapshots = table.Column<int>(type: "integer", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_upload", x => new { x.process_id, x.upload_id });
                    table.ForeignKey(
                        name: "FK_upload_process_process_id",
                        column: x => x.process_id,
                        principalTable: "process",
                        principalColumn: "process_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "symbol_file_chunk",
                columns: table => new
                {
                    symbol_file_id = table.Column<Guid>(type: "uuid", nullable: false),
                    part = table.Column<int>(type: "integer", nullable: false),
                    data = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_symbol_file_chunk", x => new { x.symbol_file_id, x.part });
                    table.ForeignKey(
                        name: "FK_symbol_file_chunk_symbol_file_symbol_file_id",
                        column: x => x.symbol_file_id,
                        principalTable: "symbol_file",
                        principalColumn: "symbol_file_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "trace_block",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    trace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    part = table.Column<int>(type: "integer", nullable: false),
                    data = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_trace_block", x => new { x.process_id, x.trace_id, x.part });
                    table.ForeignKey(
                        name: "FK_trace_block_trace_process_id_trace_id",
                        columns: x => new { x.process_id, x.trace_id },
                        principalTable: "trace",
                        principalColumns: new[] { "process_id", "trace_id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_audit_at",
                table: "audit",
                column: "at");

            migrationBuilder.CreateIndex(
                name: "IX_capture_project_received_at_capture_id",
                table: "capture",
                columns: new[] { "project", "received_at", "capture_id" });

            migrationBuilder.CreateIndex(
                name: "IX_capture_project_sha256",
                table: "capture",
                columns: new[] { "project", "sha256" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_process_project_host_pid_exec_number",
                table: "process",
                columns: new[] { "project", "host", "pid", "exec_number" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_process_state_last_upload_at",
                table: "process_state",
                column: "last_upload_at");

            migrationBuilder.CreateIndex(
                name: "IX_share_key_sha256",
                table: "share",
                column: "key_sha256",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_share_project_created_at_share_id",
                table: "share",
                columns: new[] { "project", "created_at", "share_id" });

            migrationBuilder.CreateIndex(
                name: "IX_side_figures_process_id_kind_taken_at",
                table: "side_figures",
                columns: new[] { "process_id", "kind", "taken_at" });

            migrationBuilder.CreateIndex(
                name: "IX_side_figures_received_at",
                table: "side_figures",
                column: "received_at")
                .Annotation("Npgsql:IndexMethod", "brin");

            migrationBuilder.CreateIndex(
                name: "IX_snapshot_process_id_source_taken_at",
                table: "snapshot",
                columns: new[] { "process_id", "source", "taken_at" });

            migrationBuilder.CreateIndex(
                name: "IX_snapshot_received_at",
                table: "snapshot",
                column: "received_at")
                .Annotation("Npgsql:IndexMethod", "brin");

            migrationBuilder.CreateIndex(
                name: "IX_snapshot_block_received_at",
                table: "snapshot_block",
                column: "received_at");

            migrationBuilder.CreateIndex(
                name: "IX_symbol_file_project_build_id_sha256",
                table: "symbol_file",
                columns: new[] { "project", "build_id", "sha256" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_token_secret_sha256",
                table: "token",
                column: "secret_sha256",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_trace_received_at",
                table: "trace",
                column: "received_at")
                .Annotation("Npgsql:IndexMethod", "brin");

            migrationBuilder.CreateIndex(
                name: "IX_upload_capture_id_occasion",
                table: "upload",
                columns: new[] { "capture_id", "occasion" });

            migrationBuilder.CreateIndex(
                name: "IX_upload_process_id_capture_id_occasion",
                table: "upload",
                columns: new[] { "process_id", "capture_id", "occasion" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_upload_received_at",
                table: "upload",
                column: "received_at")
                .Annotation("Npgsql:IndexMethod", "brin");

            // These values are compressed already: do not let PostgreSQL try again.
            migrationBuilder.Sql("""
                ALTER TABLE capture_chunk ALTER COLUMN data SET STORAGE EXTERNAL;
                ALTER TABLE snapshot_block ALTER COLUMN data SET STORAGE EXTERNAL;
                ALTER TABLE trace_block ALTER COLUMN data SET STORAGE EXTERNAL;
                ALTER TABLE symbol_file_chunk ALTER COLUMN data SET STORAGE EXTERNAL;
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit");

            migrationBuilder.DropTable(
                name: "capture_chunk");

            migrationBuilder.DropTable(
                name: "idempotency_key");

            migrationBuilder.DropTable(
                name: "process_state");

            migrationBuilder.DropTable(
                name: "share");

            migrationBuilder.DropTable(
                name: "side_figures");

            migrationBuilder.DropTable(
                name: "snapshot");

            migrationBuilder.DropTable(
                name: "snapshot_block");

            migrationBuilder.DropTable(
                name: "symbol_file_chunk");

            migrationBuilder.DropTable(
                name: "token");

            migrationBuilder.DropTable(
                name: "trace_block");

            migrationBuilder.DropTable(
                name: "track");

            migrationBuilder.DropTable(
                name: "upload");

            migrationBuilder.DropTable(
                name: "capture");

            migrationBuilder.DropTable(
                name: "symbol_file");

            migrationBuilder.DropTable(
                name: "trace");

            migrationBuilder.DropTable(
                name: "process");
        }
    }
}
