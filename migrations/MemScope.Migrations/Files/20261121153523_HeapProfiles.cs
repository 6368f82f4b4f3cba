using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemScope.Migrations.Files
{
    /// <inheritdoc />
    public partial class HeapProfiles : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<short>(
                name: "anchor_origin",
                table: "trace",
                type: "smallint",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "anchor_within_ms",
                table: "trace",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "label",
                table: "side_figures",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "contents",
                table: "capture",
                type: "jsonb",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.CreateTable(
                name: "heap_profile",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    heap_profile_id = table.Column<Guid>(type: "uuid", nullable: false),
                    upload_id = table.Column<Guid>(type: "uuid", nullable: false),
                    capture_id = table.Column<Guid>(type: "uuid", nullable: false),
                    file_name = table.Column<string>(type: "text", nullable: false),
                    tool = table.Column<string>(type: "text", nullable: false),
                    unit = table.Column<short>(type: "smallint", nullable: false),
                    clock = table.Column<short>(type: "smallint", nullable: false),
                    dumps = table.Column<int>(type: "integer", nullable: false),
                    callchains = table.Column<int>(type: "integer", nullable: false),
                    taken_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    time_origin = table.Column<short>(type: "smallint", nullable: false),
                    live_bytes = table.Column<long>(type: "bigint", nullable: true),
                    peak_bytes = table.Column<long>(type: "bigint", nullable: true),
                    losses = table.Column<string>(type: "jsonb", nullable: false),
                    codec = table.Column<short>(type: "smallint", nullable: false),
                    received_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_heap_profile", x => new { x.process_id, x.heap_profile_id });
                    table.ForeignKey(
                        name: "FK_heap_profile_process_process_id",
                        column: x => x.process_id,
                        principalTable: "process",
                        principalColumn: "process_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "heap_profile_block",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    heap_profile_id = table.Column<Guid>(type: "uuid", nullable: false),
                    part = table.Column<int>(type: "integer", nullable: false),
                    data = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_heap_profile_block", x => new { x.process_id, x.heap_profile_id, x.part });
                    table.ForeignKey(
                        name: "FK_heap_profile_block_heap_profile_process_id_heap_profile_id",
                        columns: x => new { x.process_id, x.heap_profile_id },
                        principalTable: "heap_profile",
                        principalColumns: new[] { "process_id", "heap_profile_id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_heap_profile_process_id_taken_at",
                table: "heap_profile",
                columns: new[] { "process_id", "taken_at" });

            migrationBuilder.CreateIndex(
                name: "IX_heap_profile_received_at",
                table: "heap_profile",
                column: "received_at")
                .Annotation("Npgsql:IndexMethod", "brin");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "heap_profile_block");

            migrationBuilder.DropTable(
                name: "heap_profile");

            migrationBuilder.DropColumn(
                name: "anchor_origin",
                table: "trace");

            migrationBuilder.DropColumn(
                name: "anchor_within_ms",
                table: "trace");

            migrationBuilder.DropColumn(
                name: "label",
                table: "side_figures");

            migrationBuilder.DropColumn(
                name: "contents",
                table: "capture");
        }
    }
}
